#pragma once

#include <string>
#include <string_view>

namespace workbook::harness {

// The two requests of most tests, as short as HTTP allows.
inline constexpr std::string_view get_fast = "GET /fast HTTP/1.1\r\n\r\n";
inline constexpr std::string_view get_sleep = "GET /sleep HTTP/1.1\r\n\r\n";

[[nodiscard]] inline bool is_ok(const std::string& response) {
  return response.starts_with("HTTP/1.1 200 ");
}

}  // namespace workbook::harness
