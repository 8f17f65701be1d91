// Parses with a cursor that takes one token after the other, and writes to a stream.
#include "http.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "http/request_head.hpp"

namespace workbook {
namespace {

/// Takes one thing after the other from the front of some bytes.
class cursor {
 public:
  explicit cursor(std::string_view bytes) : rest_(bytes) {}

  /// @returns the visible characters that come next; none if there is something else.
  std::string_view take_visible() {
    const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
    const auto end = std::ranges::find_if_not(rest_, is_visible);
    const auto taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  /// @returns whether that came next.
  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

 private:
  std::string_view rest_;
};

/// "GET /fast HTTP/1.1\r\n" at the beginning of `head`, or nothing.
std::optional<http_request> request_line(std::string_view head) {
  cursor from(head);
  const auto method = from.take_visible();
  if (method.empty() || !from.take(" ")) return std::nullopt;
  const auto target = from.take_visible();
  if (target.empty() || !from.take(" ")) return std::nullopt;
  const auto version = from.take_visible();
  if (!from.take("\r\n")) return std::nullopt;
  const bool known = version.size() == 8 && version.starts_with("HTTP/1.") &&
                     std::isdigit(static_cast<unsigned char>(version.back())) != 0;
  if (!known) return std::nullopt;
  const std::string path(target.begin(), std::ranges::find(target, '?'));
  return http_request{std::string(method), path};
}

}  // namespace

parse_result parse_request_head(std::string_view head) {
  const bool ended = head.substr(0, max_head_bytes).contains("\r\n\r\n");
  if (!ended && head.size() > max_head_bytes) return {parse_status::head_too_large, {}};
  if (!ended) return {parse_status::incomplete, {}};
  const auto request = request_line(head);
  if (!request) return {parse_status::bad_request, {}};
  return {parse_status::complete, *request};
}

parse_result parse_request(std::string_view received) {
  const auto bytes = without_empty_line(received);
  if (can_never_be_a_request(bytes)) return {parse_status::bad_request, {}};
  const auto line = bytes.substr(0, bytes.find("\r\n"));
  if (line.size() > max_request_line_bytes) return {parse_status::line_too_long, {}};

  parse_result parsed = parse_request_head(bytes);
  if (parsed.status == parse_status::incomplete && line.size() < bytes.size()) {
    // No field can mend a line that is none, so do not wait for them.
    const auto alone = parse_request_head(std::string(line) + "\r\n\r\n");
    if (alone.status == parse_status::bad_request) return alone;
  }
  if (parsed.status != parse_status::complete) return parsed;

  const auto fields = look_at_fields(bytes);
  const auto path = path_of(parsed.request.path);
  if (!fields.valid || !is_token(parsed.request.method) || !path) {
    parsed.status = parse_status::bad_request;
    return parsed;
  }
  parsed.request.path = *path;
  const bool bytes_follow = bytes.find("\r\n\r\n") + 4 < bytes.size();
  parsed.more_may_come = fields.announce_body || bytes_follow;
  return parsed;
}

std::string to_bytes(const http_response& response) {
  std::ostringstream out;
  out.imbue(std::locale::classic());  // another may write 1,234 for 1234
  out << "HTTP/1.1 " << response.status << ' ' << reason_phrase(response.status) << "\r\n";
  out << "Content-Type: text/plain; charset=utf-8\r\n";
  out << "Content-Length: " << response.body.size() << "\r\n";
  out << "Connection: close\r\n";
  for (const http_header& field : response.headers) {
    out << field.name << ": " << field.value << "\r\n";
  }
  out << "\r\n" << response.body;
  return std::move(out).str();
}

http_response busy_response() {
  return {503, "The server is too busy, come back soon\n", {{"Retry-After", "1"}}};
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 414: return "URI Too Long";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    default: return "Unknown";
  }
}

}  // namespace workbook
