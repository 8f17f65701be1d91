#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace workbook {

// What the grammar of HTTP says about the head of a request, apart from the cutting of its first
// line. All functions only look at bytes; none throws, but for memory.

/// @returns whether `text` is a token: the form of methods and of the names of header fields.
/// Source: RFC 9110 §5.6.2.
[[nodiscard]] bool is_token(std::string_view text);

/// @returns `received` without the one empty line that may stand before a request line: some
/// clients send it behind the body of their last request. Source: RFC 9112 §2.2.
[[nodiscard]] std::string_view without_empty_line(std::string_view received);

/// @returns whether `bytes` cannot begin a request, whatever follows: the first byte is none of a
/// token (a TLS client sends 0x16), or a line of the head does not end in CR LF.
/// Source: RFC 9112 §2.2, §3.
[[nodiscard]] bool can_never_be_a_request(std::string_view bytes);

/// What a server must know of the header fields, even if it uses none of them.
struct field_facts {
  bool valid = true;            ///< if not, the answer is 400
  bool announce_body = false;   ///< bytes follow the head, or will
  bool chunked = false;         ///< in pieces that say their length, not as many as `body_bytes`
  std::size_t body_bytes = 0;   ///< what Content-Length says; the greatest number if it is greater
  bool say_close = false;       ///< the client will send no other request on this connection
  bool say_keep_alive = false;  ///< it may, also if it speaks HTTP/1.0
};

/// Looks at the fields of `head`: the lines between its first line and its blank line.
/// Valid is: a name and a colon in each line, no blank between them, no control character in the
/// value; at most one Host, which may be one; at most one Content-Length, of digits only; a
/// Transfer-Encoding that ends in `chunked`, and then no Content-Length.
/// Of Connection, the options `close` and `keep-alive` are noted.
/// Source: RFC 9112 §3.2, §5, §6.3.
[[nodiscard]] field_facts look_at_fields(std::string_view head);

/// @returns how many bytes of `received` belong to the request that it begins with, up to its blank
/// line, with the empty line before it if there is one; all of them if the blank line is missing.
[[nodiscard]] std::size_t head_bytes(std::string_view received);

/// @returns whether the client may send another request behind the one that `received` begins with:
/// it has not said `close`, and if it speaks HTTP/1.0 it has said `keep-alive`.
/// Source: RFC 9112 §9.3.
[[nodiscard]] bool client_stays(std::string_view received);

/// @returns whether the connection goes on behind the request that `received` begins with: a later
/// request may follow, and where it would begin is known, because this one has no body.
/// Source: RFC 9112 §9.3.
[[nodiscard]] bool stays_open(std::string_view received);

/// @returns what the fields say of the request that `received` begins with.
[[nodiscard]] field_facts facts_of(std::string_view received);

/// @returns the path of a request target whose query has been cut off: "/fast" of "/fast" and of
/// "http://localhost:7878/fast" (what a proxy is sent), "/" of "http://localhost:7878", and "*" of
/// "*". Nothing if the target has none of these forms. Source: RFC 9112 §3.2.
[[nodiscard]] std::optional<std::string> path_of(std::string_view target);

}  // namespace workbook
