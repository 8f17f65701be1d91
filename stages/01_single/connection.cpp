#include "connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <string>
#include <string_view>

#include "http/http_date.hpp"
#include "http/request_head.hpp"
#include "support/printable.hpp"

namespace workbook {
namespace {

/// What the log says about a request, even one that is not a request at all.
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

http_response answer_to(const parse_result& parsed, const request_handler& handler) {
  auto own = answer_without_handler(parsed);
  return own ? *std::move(own) : handler(parsed.request);
}

/// The answer with what every response of a server with a clock has: the date. An answer to HEAD
/// has no body. Source: RFC 9110 §6.6.1, §9.3.2.
http_response response_to(const parse_result& parsed, const request_handler& handler) {
  http_response response = answer_to(parsed, handler);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  response.headers.push_back({"Date", http_date(now)});
  if (parsed.request.method == "HEAD") response.body.clear();
  return response;
}

}  // namespace

void serve_connection(connection client, const request_handler& handler, event_log* log,
                      const std::stop_token& stop) {
  // TODO 1.4 (about 17 lines): turns ServeConnection.* green
  //   One read gives part of the request: when have you read enough, and when will no more come?
  //   When the stream ends early: when was there no request at all, and when a bad one?
  //   The helpers above and to_bytes() do the rest. Which clients need linger_and_close(), and why?
  todo("1.4", client, handler, log, stop, first_line, status_line, response_to);
}

void record_failure(event_log* log, std::uint64_t connection) {
  try {
    throw;
  } catch (const std::exception& error) {
    record(log, event_kind::failed, connection, error.what());
  } catch (...) {
    record(log, event_kind::failed, connection, "an exception that is not a std::exception");
  }
}

std::optional<http_response> answer_without_handler(const parse_result& parsed) {
  const auto& [method, path] = parsed.request;
  switch (parsed.status) {
    case parse_status::complete:
      if (!is_known(method)) return http_response{501, "No resource here has this method\n"};
      if (path == "*" && method == "OPTIONS") return http_response{200, "", {{"Allow", "GET"}}};
      return std::nullopt;
    case parse_status::head_too_large: return http_response{431, "The request head is too large\n"};
    case parse_status::line_too_long: return http_response{414, "The request line is too long\n"};
    case parse_status::incomplete:
    case parse_status::bad_request: break;
  }
  return http_response{400, "This is not a request\n"};
}

}  // namespace workbook
