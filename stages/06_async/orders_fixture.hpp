#pragma once

#include <chrono>
#include <string>

#include "06_async/async_server_fixture.hpp"
#include "async/coroutine_frame.hpp"
#include "harness/world/world_test.hpp"

namespace workbook {

/// The base of the suites that run the server under every order of events.
class ServerOrders : public harness::explored_test {
 protected:
  harness::world around_;
};

/// Serves the clients of a world until its stop comes. Afterwards no frame is left.
inline void serve(harness::world& around, const async_handler& handler,
                  const async_options& options = patient()) {
  const auto frames = live_frames();
  {
    async_server server(tcp_listener("127.0.0.1", 0), handler, options);
    server.run(around.stop());
  }
  harness::explore_check(live_frames() == frames, "frames of coroutines are left");
}

inline task<http_response> sleeps_a_second(event_loop& loop, const http_request& request) {
  const auto until = loop.now() + std::chrono::seconds(1);
  const wait_result slept = co_await loop.sleep_until(until);
  if (slept == wait_result::stopped) co_return http_response{503, "stopping\n"};
  co_return http_response{200, "slept for " + request.path + "\n"};
}

/// @returns a handler that answers after a second, or when a stop comes.
inline async_handler sleep_a_second() { return sleeps_a_second; }

inline task<http_response> says_much(const http_request& request) {
  const bool asked = request.path == "/much";
  co_return http_response{200, asked ? std::string(50'000, 'x') : "Fast response!\n"};
}

/// @returns a handler whose answer on /much does not fit into a connection.
inline async_handler say_much() {
  return [](event_loop&, const http_request& request) { return says_much(request); };
}

}  // namespace workbook
