#pragma once

#include <chrono>
#include <string>

namespace workbook {

/// @returns the time that `text` names: "500ms", "1.5s", "1min".
/// @throws CLI::ValidationError, naming `option`, if it is none, or longer than a day.
[[nodiscard]] std::chrono::milliseconds parse_duration(const std::string& option,
                                                       const std::string& text);

/// @returns `text`, if a request can ask for it as it stands: "/fast", "/search?q=a%20b".
/// @throws CLI::ValidationError, naming `option`, if it cannot. Source: RFC 9112 §3.2.1
/// (origin-form); RFC 3986 §3.3, §3.4.
[[nodiscard]] std::string parse_path(const std::string& option, const std::string& text);

}  // namespace workbook
