// Waits in select() until there is something to read, and only then calls recv(), itself.
#include "connection.hpp"

#include <fmt/format.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

#include "http/http_date.hpp"
#include "http/request_head.hpp"
#include "support/printable.hpp"

namespace workbook {
namespace {

/// What the log says about a request, even about one that is none.
std::string first_line(std::string_view received) {
  const auto bytes = without_empty_line(received);
  return std::string(shortened(bytes.substr(0, bytes.find_first_of("\r\n")), 40));
}

/// "404 Not Found"
std::string status_line(const http_response& response) {
  return fmt::format("{} {}", response.status, reason_phrase(response.status));
}

/// A known method is one that a resource could have: others get 501, wherever they are sent.
bool is_known(std::string_view method) {
  constexpr std::array<std::string_view, 7> known{"GET",    "HEAD",    "POST", "PUT",
                                                  "DELETE", "OPTIONS", "PATCH"};
  return std::ranges::find(known, method) != known.end();
}

/// The handler sees requests for its resources only; everything else is answered here.
http_response answer_to(const parse_result& parsed, const request_handler& handler) {
  const auto& [method, path] = parsed.request;
  switch (parsed.status) {
    case parse_status::complete:
      if (!is_known(method)) return {501, "No resource here has this method\n"};
      if (path == "*" && method == "OPTIONS") return {200, "", {{"Allow", "GET"}}};
      return handler(parsed.request);
    case parse_status::head_too_large: return {431, "The request head is too large\n"};
    case parse_status::line_too_long: return {414, "The request line is too long\n"};
    case parse_status::incomplete:
    case parse_status::bad_request: break;
  }
  return {400, "This is not a request\n"};
}

/// The answer with what every one of a server with a clock has: the date. An answer to HEAD has no
/// body. Source: RFC 9110 §6.6.1, §9.3.2.
http_response response_to(const parse_result& parsed, const request_handler& handler) {
  http_response response = answer_to(parsed, handler);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  response.headers.push_back({"Date", http_date(now)});
  if (parsed.request.method == "HEAD") response.body.clear();
  return response;
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void wait_until_readable(int socket) {
  if (socket >= FD_SETSIZE) return;  // select() knows no such number; recv() waits as well
  for (;;) {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(socket, &readable);
    if (::select(socket + 1, &readable, nullptr, nullptr, nullptr) > 0) return;
    if (errno != EINTR) fail("select");
  }
}

std::size_t receive(int socket, std::array<char, 2048>& buffer) {
  for (;;) {
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) fail("recv");
  }
}

}  // namespace

void serve_connection(connection client, const request_handler& handler, event_log* log,
                      const std::stop_token& stop) {
  const int socket = client.stream.fd();
  std::string received;
  parse_result parsed;
  {
    // A stop ends the reading, so select() comes back: the end of a stream is readable, too.
    const std::stop_callback wake(stop, [socket] { ::shutdown(socket, SHUT_RD); });
    std::array<char, 2048> buffer;
    while (parsed.status == parse_status::incomplete) {
      wait_until_readable(socket);
      const std::size_t count = receive(socket, buffer);
      if (count == 0) break;
      received.append(buffer.data(), count);
      parsed = parse_request(received);
    }
  }
  if (received.empty()) return;

  record(log, event_kind::started, client.number, first_line(received));
  const http_response response = response_to(parsed, handler);
  client.stream.write_all(to_bytes(response));
  record(log, event_kind::finished, client.number, status_line(response));
  if (parsed.more_may_come || client.stream.has_bytes()) client.stream.linger_and_close(stop);
}

}  // namespace workbook
