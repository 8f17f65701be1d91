#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace workbook {

/// What tells the series of a metric apart: pairs of a name and a value, {{"status", "200"}}.
/// A name is of letters, digits and `_`; a value may be any text in UTF-8.
using label_set = std::vector<std::pair<std::string, std::string>>;

/// @returns a label's value as it stands between quotes on a page of metrics: a backslash before each
/// backslash and quote, and `\n` for a line feed. Source: Prometheus, "Exposition formats".
[[nodiscard]] std::string escaped_label(std::string_view value);

}  // namespace workbook
