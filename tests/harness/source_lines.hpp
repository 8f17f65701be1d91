#pragma once

#include <map>
#include <string>
#include <vector>

namespace workbook::harness {

/// A line of the workbook's own code.
struct source_line {
  std::string path;       ///< from the root of the workbook: "stages/03_pool/bounded_channel.hpp"
  std::string full_path;  ///< where the file lies
  int line = 0;
  std::string function;  ///< "receive"; no namespaces, no parameters
};

/// @returns "stages/03_pool/bounded_channel.hpp:57 in receive"
[[nodiscard]] std::string to_string(const source_line& place);

/// For return addresses in this program's code, the workbook's lines that they belong to: none for
/// a library, more than one where calls are inlined, the innermost first. The addresses may come
/// from a child process: it is a copy of this one. Asks addr2line(1) once for all; without it, or
/// without debug information, the map stays empty. Blocks for up to a second.
[[nodiscard]] std::map<const void*, std::vector<source_line>> find_source_lines(
    const std::vector<const void*>& addresses);

}  // namespace workbook::harness
