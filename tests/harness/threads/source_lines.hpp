#pragma once

#include <map>
#include <string>
#include <vector>

namespace workbook::harness::exploration {

/// A line of the workbook's own code.
struct source_line {
  std::string path;       // from the root of the workbook: "stages/03_pool/bounded_channel.hpp"
  std::string full_path;  // where the file lies
  int line = 0;
  std::string function;  // "receive"; no namespaces, no parameters
};

/// For addresses of this program's code, the workbook's lines that they belong to: none for a
/// library, more than one where calls are inlined, the innermost first. Asks addr2line(1) once for
/// all; without it, or without debug information, the map stays empty. May take a second.
[[nodiscard]] std::map<const void*, std::vector<source_line>> find_source_lines(
    const std::vector<const void*>& addresses);

/// The member or variable that a line locks, waits on or notifies: "not_empty_" for
/// `not_empty_.wait(lock, …)`, "mutex_" for `const std::scoped_lock lock(mutex_);`. "" if unclear.
[[nodiscard]] std::string name_of_condition_in(const source_line& where);
[[nodiscard]] std::string name_of_mutex_in(const source_line& where);

}  // namespace workbook::harness::exploration
