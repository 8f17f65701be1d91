#pragma once

#include <chrono>
#include <cstdint>
#include <production_server.hpp>  // of the side under test, as its suite includes it
#include <string>
#include <string_view>

#include "01_single/running_server_fixture.hpp"
#include "06_async/async_server_fixture.hpp"
#include "harness/raw_client.hpp"

namespace workbook {

/// @returns options without time limits, and a drain that waits for nobody new but for all who are
/// there: whoever waits in vain then waits without end, and is found.
inline production_options without_limits() {
  constexpr auto any_time = std::chrono::milliseconds::max();
  production_options options;
  options.limits = {any_time, any_time, any_time};
  options.body_limit = any_time;
  options.drain = {.grace = std::chrono::milliseconds(0), .deadline = any_time};
  options.routes = {"/", "/fast", "/sleep"};
  return options;
}

/// @returns the answer to GET `path` on a connection of its own.
inline harness::sent_response asked(std::uint16_t port, std::string_view path) {
  const std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nConnection: close\r\n\r\n";
  return harness::understood(harness::ask(port, request));
}

/// @returns its status: 200, or 0 if that is no answer.
inline int status_of(const harness::sent_response& answer) {
  const std::string_view line = answer.status_line;
  return line.starts_with("HTTP/1.1 ") && line.size() >= 12
             ? std::stoi(std::string(line.substr(9, 3)))
             : 0;
}
inline int status_of(std::string_view answer) { return status_of(harness::understood(answer)); }

}  // namespace workbook
