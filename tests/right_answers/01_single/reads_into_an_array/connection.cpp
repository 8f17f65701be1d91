// Reads into one array that has room for the longest head and a byte more, as a C programmer would.
#include "connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace workbook {
namespace {

/// What the log says about a request, even about one that is none.
std::string first_line(std::string_view received) {
  return std::string(received.substr(0, std::min<std::size_t>(received.find('\r'), 40)));
}

/// "404 Not Found"
std::string status_line(const http_response& response) {
  return fmt::format("{} {}", response.status, reason_phrase(response.status));
}

/// The handler sees requests only; everything else is answered here.
http_response response_to(const parse_result& parsed, const request_handler& handler) {
  switch (parsed.status) {
    case parse_status::complete: return handler(parsed.request);
    case parse_status::head_too_large: return {431, "The request head is too large\n"};
    case parse_status::incomplete:
    case parse_status::bad_request: break;
  }
  return {400, "This is not a request\n"};
}

}  // namespace

void serve_connection(connection client, const request_handler& handler, event_log* log,
                      const std::stop_token& stop) {
  std::array<char, max_head_bytes + 1> buffer;  // one byte too many is enough to know
  std::size_t length = 0;
  parse_result parsed;
  while (parsed.status == parse_status::incomplete && length < buffer.size()) {
    const std::size_t count = client.stream.read_some(std::span(buffer).subspan(length), stop);
    if (count == 0) break;
    length += count;
    parsed = parse_request({buffer.data(), length});
  }
  const std::string_view received(buffer.data(), length);
  if (received.empty()) return;

  record(log, event_kind::started, client.number, first_line(received));
  const http_response response = response_to(parsed, handler);
  client.stream.write_all(to_bytes(response));
  record(log, event_kind::finished, client.number, status_line(response));
  client.stream.linger_and_close(stop);
}

}  // namespace workbook
