#include "http.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/request_head.hpp"

namespace workbook {
namespace {

bool is_visible_ascii(std::string_view token) {
  return !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_http_1(std::string_view version) {
  return version.size() == 8 && version.starts_with("HTTP/1.") && version[7] >= '0' &&
         version[7] <= '9';
}

}  // namespace

parse_result parse_request_head(std::string_view head) {
  constexpr std::string_view blank_line = "\r\n\r\n";
  const auto end = head.find(blank_line);
  const auto head_bytes = end == head.npos ? head.size() : end + blank_line.size();
  if (head_bytes > max_head_bytes) return {parse_status::head_too_large, {}};
  if (end == head.npos) return {parse_status::incomplete, {}};

  const auto line = head.substr(0, head.find("\r\n"));
  const auto method = line.substr(0, line.find(' '));
  const auto rest = line.substr(std::min(line.size(), method.size() + 1));
  const auto target = rest.substr(0, rest.find(' '));
  const auto version = rest.substr(std::min(rest.size(), target.size() + 1));
  if (!is_visible_ascii(method) || !is_visible_ascii(target) || !is_http_1(version)) {
    return {parse_status::bad_request, {}};
  }
  const auto path = target.substr(0, target.find('?'));
  return {parse_status::complete, {std::string(method), std::string(path)}};
}

parse_result parse_request(std::string_view received) {
  const auto bytes = without_empty_line(received);
  if (can_never_be_a_request(bytes)) return {parse_status::bad_request, {}};
  const auto line = bytes.substr(0, bytes.find("\r\n"));
  if (line.size() > max_request_line_bytes) return {parse_status::line_too_long, {}};

  parse_result parsed = parse_request_head(bytes);
  if (parsed.status == parse_status::incomplete && line.size() < bytes.size()) {
    // No field can mend a bad request line, so do not wait for them.
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
  std::string bytes = fmt::format(
      "HTTP/1.1 {} {}\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Length: {}\r\n"
      "Connection: close\r\n",
      response.status, reason_phrase(response.status), response.body.size());
  for (const auto& [name, value] : response.headers) bytes += name + ": " + value + "\r\n";
  return bytes + "\r\n" + response.body;
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
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    default: return "Unknown";
  }
}

}  // namespace workbook
