#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace workbook {

/// The longest request line that a server reads, without its CR LF. RFC 9112 §3 wants 8000 bytes
/// supported.
inline constexpr std::size_t max_request_line_bytes = 8000;

/// The longest request head that a server reads: request line, header fields and blank line. It
/// leaves 8 KiB for the fields even with the longest line.
inline constexpr std::size_t max_head_bytes = 16384;

/// What the servers need of a request.
struct http_request {
  std::string method;  ///< "GET"
  std::string path;  ///< the target's path: "/sleep" of "/sleep?for=ever" and of "http://me/sleep"
};

/// One header field in addition to those that every response has.
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
  line_too_long,   ///< a request line of more than max_request_line_bytes: 414
};

struct parse_result {
  parse_status status = parse_status::incomplete;
  http_request request;
  /// Whether the client may still be sending when its answer is written: it has not come to the end
  /// of a request, announces a body, or has sent bytes after the head.
  bool more_may_come = true;
};

/// Decides what the bytes of a head are, by its length and its first line. `head` is everything
/// from the first byte of that line on; the same bytes may be passed again when more have arrived.
/// A head ends at its blank line ("\r\n\r\n"). Its first line has exactly three tokens with one
/// space between them, `method target HTTP/1.x`, of visible ASCII characters; everything else in
/// that line is a bad request. Header fields are not looked at. `path` is the target up to its `?`.
/// Throws only if memory runs out. Source: RFC 9112 §2.1, §3; RFC 6585 §5 (431).
[[nodiscard]] parse_result parse_request_head(std::string_view head);

/// Decides what the bytes received so far are. `received` is everything since the connection began.
/// Asks parse_request_head(), and also checks what is the same for every server: the length of the
/// first line, the form of the target, the fields (see look_at_fields()). One empty line before a
/// request is passed over; what can never become a request is a bad request at once. Throws only if
/// memory runs out. Source: RFC 9112 §2.2, §3, §5; RFC 9110 §15.5.15 (414).
[[nodiscard]] parse_result parse_request(std::string_view received);

/// @returns the response as it goes over the wire: status line, `Content-Type: text/plain;
/// charset=utf-8`, `Content-Length` (bytes of the body), `Connection: close`, the headers of
/// `response`, blank line, body.
/// Source: RFC 9112 §4, §9.6.
[[nodiscard]] std::string to_bytes(const http_response& response);

/// @returns what a server without room answers to a client: 503 with `Retry-After`, in seconds.
/// Source: RFC 9110 §15.6.4, §10.2.3.
[[nodiscard]] http_response busy_response();

/// @returns "Not Found" for 404, and so on, for every status that the servers send.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace workbook
