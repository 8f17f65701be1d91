#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

namespace workbook::harness {

/// A place in the workbook's own files.
struct source_line {
  std::string file;  ///< relative to the workbook: "stages/03_pool/bounded_channel.hpp"
  int line = 0;
  std::string function;  ///< without its parameters: "bounded_channel<int>::receive"

  bool operator==(const source_line&) const = default;
};

/// @returns "receive() at stages/03_pool/bounded_channel.hpp:57"
[[nodiscard]] std::string to_string(const source_line& place);

/// Translates the return addresses of each of `stacks` in `process`, which runs this same program,
/// into places in the workbook, innermost first. Frames in libraries and in the standard headers
/// are left out. Blocks while addr2line(1) runs; without it, or without debug information, the
/// result is empty.
[[nodiscard]] std::vector<std::vector<source_line>> workbook_frames(
    pid_t process, const std::vector<std::span<void* const>>& stacks);

}  // namespace workbook::harness
