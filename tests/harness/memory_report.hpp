#pragma once

#include <string>
#include <string_view>

namespace workbook::harness {

/// @returns what a report of AddressSanitizer means, if it is of a known kind: a coroutine that
/// destroys the same object twice in the same line, which is what GCC 12 makes of right code. Empty
/// if it is of none. `printed` is all that the test has printed.
/// Source: gcc.gnu.org/bugzilla/show_bug.cgi?id=100611 and 95599.
[[nodiscard]] std::string hint_for_memory_report(std::string_view printed);

}  // namespace workbook::harness
