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

/// @returns what stands behind the head of `response`: whole responses differ by their dates.
[[nodiscard]] inline std::string body_of(const std::string& response) {
  const auto head_end = response.find("\r\n\r\n");
  return head_end == std::string::npos ? "" : response.substr(head_end + 4);
}

}  // namespace workbook::harness
