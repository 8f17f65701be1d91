#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace workbook {

/// @returns the beginning of `text`, at most `bytes` bytes, and no half letter at its end if `text`
/// is UTF-8.
[[nodiscard]] std::string_view shortened(std::string_view text, std::size_t bytes);

/// @returns `text` as it may go to a terminal and into one line of a file, whoever wrote it: bytes
/// that control a terminal, end a line, or are no UTF-8 are shown as `\n`, `\r`, `\t` or `\x1b`.
/// Source: CWE-117, CWE-150.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace workbook
