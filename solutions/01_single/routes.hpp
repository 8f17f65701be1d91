#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "http.hpp"

namespace workbook {

/// Answers a request. From stage 02 on, many threads call the same handler at the same time.
using request_handler = std::function<http_response(const http_request&)>;

/// Keeps the calling thread waiting for that long. `main` passes the real one, a test passes its
/// own: so a test of `/sleep` takes no time.
using sleeper = std::function<void(std::chrono::milliseconds)>;

struct route_options {
  std::function<std::string()> greeting;       ///< makes the body of `/`
  std::chrono::milliseconds sleep_time{5000};  ///< what `/sleep` asks `sleep` for
  sleeper sleep;
};

/// @returns a handler with these routes, all for GET:
/// `/` answers with the greeting, `/fast` with "Fast response!\n", `/sleep` sleeps and then answers
/// with "Slept for 5000 ms!\n" (the number is `sleep_time`). Another path: 404. Another method on
/// one of these paths: 405 with `Allow: GET`, and nobody sleeps.
/// The handler may be called by many threads at once if the two functions may.
/// Source: RFC 9110 §15.5.5, §15.5.6.
[[nodiscard]] request_handler make_routes(route_options options);

}  // namespace workbook
