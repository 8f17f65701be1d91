#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace workbook {

/// The longest request head that a server reads: request line, header fields and blank line.
/// RFC 9112 §3 wants request lines of 8000 bytes supported.
inline constexpr std::size_t max_head_bytes = 8192;

/// What the servers need of a request.
struct http_request {
  std::string method;  ///< "GET"
  std::string path;    ///< the target without its query: "/sleep" of "/sleep?for=ever"
};

/// One header field beside those that every response has.
struct http_header {
  std::string name;
  std::string value;
};

struct http_response {
  int status = 200;
  std::string body;
  std::vector<http_header> headers = {};
};

enum class parse_status {
  incomplete,      ///< the blank line has not arrived yet
  complete,        ///< `request` is filled
  bad_request,     ///< this will never be a request: 400
  head_too_large,  ///< more than max_head_bytes without an end: 431
};

struct parse_result {
  parse_status status = parse_status::incomplete;
  http_request request;
};

/// Decides what the bytes received so far are. `received` is everything since the connection began:
/// bytes that have been looked at once may be looked at again.
/// A request ends at its blank line ("\r\n\r\n"). Its first line has exactly three tokens with one
/// space between them, `method target HTTP/1.x`, of visible ASCII characters; everything else in
/// that line is a bad request. Header fields are not looked at.
/// Never throws but for memory. Source: RFC 9112 §2.1, §3; RFC 6585 §5 (431).
[[nodiscard]] parse_result parse_request(std::string_view received);

/// @returns the response as it goes over the wire: status line, `Content-Type`, `Content-Length`
/// (bytes of the body), `Connection: close`, the headers of `response`, blank line, body.
/// Source: RFC 9112 §4, §9.6.
[[nodiscard]] std::string to_bytes(const http_response& response);

/// @returns what a server answers that has no room for a client: 503 with `Retry-After`, in
/// seconds. Source: RFC 9110 §15.6.4, §10.2.3.
[[nodiscard]] http_response busy_response();

/// @returns "Not Found" for 404, and so on, for every status that the servers send.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace workbook
