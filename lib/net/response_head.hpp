#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace workbook {

/// What a client needs to know of the head of a response.
struct response_head {
  int status = 0;         ///< 0: this is no HTTP, or says in no valid way how long its body is
  std::size_t bytes = 0;  ///< of the head, with its blank line
  std::optional<std::size_t>
      content_length;    ///< 0 where there never is a body (204, 304, status 0)
  bool chunked = false;  ///< the last chunk ends the body; there is no content_length then
};

/// @returns the head at the beginning of `received`, or nothing while its blank line is missing.
/// Source: RFC 9112 §4, §6.3; RFC 9110 §5.5, §8.6.
[[nodiscard]] std::optional<response_head> parse_head(std::string_view received);

}  // namespace workbook
