#pragma once

#include <chrono>
#include <functional>
#include <routes.hpp>  // of the side under test, as its suite includes it
#include <string>
#include <string_view>
#include <utility>

#include "01_single/running_server_fixture.hpp"
#include "harness/test_threads.hpp"

namespace workbook {

// The two requests of most tests, as short as HTTP allows.
inline constexpr std::string_view get_fast = "GET /fast HTTP/1.1\r\n\r\n";
inline constexpr std::string_view get_sleep = "GET /sleep HTTP/1.1\r\n\r\n";

[[nodiscard]] inline bool is_ok(const std::string& response) {
  return response.starts_with("HTTP/1.1 200 ");
}

/// @returns the routes of every server, whose /sleep waits in `held` until the test opens it.
/// `held` must outlive the server. Thread-safe, if `greeting` is.
[[nodiscard]] inline request_handler routes_with(
    harness::gate& held, std::function<std::string()> greeting = [] { return "hello"; }) {
  return make_routes({.greeting = std::move(greeting),
                      .sleep_time = std::chrono::milliseconds(5000),
                      .sleep = [&held](auto) { held.pass(); }});
}

/// @returns a handler that answers every request with 200. Thread-safe.
[[nodiscard]] inline request_handler say_ok() {
  return [](const http_request&) { return http_response{200, "ok"}; };
}

}  // namespace workbook
