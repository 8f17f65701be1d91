// Hands each piece that arrives to a callback, which says when it has enough; that a client left
// without a word is an exception of its own.
#include "connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
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

struct left_without_a_word {};

/// Calls `on_piece` with each piece until it has enough, or the stream has ended.
void for_each_piece(tcp_stream& stream, const std::stop_token& stop,
                    const std::function<bool(std::string_view)>& on_piece) {
  std::array<char, 256> buffer;
  for (;;) {
    const std::size_t count = stream.read_some(buffer, stop);
    if (count == 0 || on_piece({buffer.data(), count})) return;
  }
}

void answer(connection& client, const request_handler& handler, event_log* log,
            const std::stop_token& stop) {
  std::string received;
  parse_result parsed;
  for_each_piece(client.stream, stop, [&](std::string_view piece) {
    parsed = parse_request(received += piece);
    return parsed.status != parse_status::incomplete;
  });
  if (received.empty()) throw left_without_a_word();

  record(log, event_kind::started, client.number, first_line(received));
  const http_response response = response_to(parsed, handler);
  client.stream.write_all(to_bytes(response));
  record(log, event_kind::finished, client.number, status_line(response));
  client.stream.linger_and_close(stop);
}

}  // namespace

void serve_connection(connection client, const request_handler& handler, event_log* log,
                      const std::stop_token& stop) {
  try {
    answer(client, handler, log, stop);
  } catch (const left_without_a_word&) {
    // It was no request: nobody is answered, and nothing recorded.
  }
}

}  // namespace workbook
