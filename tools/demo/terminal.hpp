#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace workbook::demo {

/// Breaks `text` at spaces so that no line has more than 80 columns, and begins each further line
/// with `indent` spaces. A word longer than a line stays whole. `text` is one line of ASCII.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent = 0);

}  // namespace workbook::demo
