#include "async_connection.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "async_stream.hpp"
#include "connection.hpp"
#include "http/date_line.hpp"
#include "http/request_head.hpp"

namespace workbook {
namespace {

/// What has arrived of a request, and what is known about it.
struct arriving_request {
  parse_result parsed;
  read_status last_read = read_status::bytes;

  [[nodiscard]] bool complete() const { return parsed.status == parse_status::complete; }
  [[nodiscard]] bool wants_more() const {
    return parsed.status == parse_status::incomplete && last_read == read_status::bytes;
  }
};

/// @returns the response as it goes over the wire. The bytes are valid until the next call on this
/// thread: they are written into the same memory each time.
std::string_view bytes_of(const http_response& response, bool goes_on) {
  static thread_local std::string bytes;
  bytes.clear();
  fmt::format_to(std::back_inserter(bytes),
                 "HTTP/1.1 {} {}\r\n{}Content-Type: text/plain; charset=utf-8\r\n"
                 "Content-Length: {}\r\nConnection: {}\r\n",
                 response.status, reason_phrase(response.status), date_line(), response.body.size(),
                 goes_on ? "keep-alive" : "close");
  for (const auto& [name, value] : response.headers) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  return bytes.append("\r\n").append(response.body);
}

task<http_response> response_to(event_loop& loop, const arriving_request& request,
                                const async_handler& handler) {
  if (request.last_read == read_status::timed_out) {
    co_return http_response{408, "The request took too long\n"};
  }
  if (auto own = answer_without_handler(request.parsed)) co_return *std::move(own);
  task<http_response> answer = handler(loop, request.parsed.request);
  co_return co_await answer;
}

/// Answers the request at the beginning of `received`, and takes it out.
/// @returns whether another may follow.
task<bool> answer(event_loop& loop, async_stream& stream, std::string& received,
                  const arriving_request& request, const http_service& service,
                  std::uint64_t number) {
  record(service.log, event_kind::started, number, request.parsed.request.path);
  task<http_response> answering = response_to(loop, request, service.handler);
  http_response response = co_await answering;
  if (request.parsed.request.method == "HEAD") response.body.clear();
  const bool goes_on = request.complete() && stays_open(received) && !loop.stopping();
  co_await stream.write_all(bytes_of(response, goes_on), loop.now() + service.limits.write);
  record(service.log, event_kind::finished, number, reason_phrase(response.status));
  received.erase(0, head_bytes(received));
  if (!goes_on) co_await stream.linger(loop.now() + std::chrono::seconds(1));
  co_return goes_on;
}

}  // namespace

task<> serve_connection(event_loop& loop, accepted_client client, const http_service& service) {
  try {
    async_stream stream(loop, std::move(client.socket));
    std::string received;
    bool goes_on = true;
    while (goes_on) {
      arriving_request request;
      auto deadline = loop.now() + (received.empty() ? service.limits.idle : service.limits.head);
      if (!received.empty()) request.parsed = parse_request(received);
      while (request.wants_more()) {
        const bool is_first = received.empty();
        request.last_read = co_await stream.read_some(received, deadline);
        if (is_first) deadline = loop.now() + service.limits.head;
        request.parsed = parse_request(received);
      }
      if (received.empty() || request.last_read == read_status::stopped) break;
      goes_on = co_await answer(loop, stream, received, request, service, client.number);
    }
  } catch (...) {
    record_failure(service.log, client.number);
  }
}

}  // namespace workbook
