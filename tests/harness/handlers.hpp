#pragma once

#include <chrono>
#include <functional>
#include <routes.hpp>  // of the stage under test, as its suite includes it
#include <string>
#include <utility>

#include "harness/gate.hpp"

namespace workbook::harness {

/// @returns the routes of every server, with a /sleep that waits in `held` until the test opens it.
/// `held` must outlive the server. Thread-safe, if `greeting` is.
[[nodiscard]] inline request_handler routes_with(
    gate& held, std::function<std::string()> greeting = [] { return "hello"; }) {
  return make_routes({.greeting = std::move(greeting),
                      .sleep_time = std::chrono::milliseconds(5000),
                      .sleep = [&held](auto) { held.pass(); }});
}

/// @returns a handler that answers every request with 200. Thread-safe.
[[nodiscard]] inline request_handler say_ok() {
  return [](const http_request&) { return http_response{200, "ok"}; };
}

}  // namespace workbook::harness
