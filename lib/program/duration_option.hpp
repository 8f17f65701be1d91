#pragma once

#include <chrono>
#include <string>

namespace workbook {

/// @returns the time that `text` names: "500ms", "1.5s", "1min".
/// @throws CLI::ValidationError, naming `option`, if it is none, or longer than a day.
[[nodiscard]] std::chrono::milliseconds parse_duration(const std::string& option,
                                                       const std::string& text);

}  // namespace workbook
