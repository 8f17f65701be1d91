#include <algorithm>
#include <thread>

#include "production_server.hpp"
#include "program/production_program.hpp"
#include "routes.hpp"

using namespace workbook;

namespace {

/// The routes of every server; but `/sleep` keeps no thread.
task<http_response> answer(event_loop& loop, const http_request& request,
                           std::chrono::milliseconds sleep_time, const request_handler& routes) {
  if (request.path == "/sleep" && request.method == "GET") {
    (void)co_await loop.sleep_until(loop.in(sleep_time));
  }
  co_return routes(request);
}

}  // namespace

int main(int argc, char** argv) {
  server_program program("stage07_server", "Says how it is, has limits, and ends in order.", 7884);
  production_options options;
  options.loops = std::max(1U, std::thread::hardware_concurrency());
  options.routes = {"/", "/fast", "/sleep"};
  add_production_options(program, options);
  return program.run(
      argc, argv, [&](tcp_listener listener, event_log* log, const std::stop_token& stop) {
        const auto routes = make_routes({.greeting = [] { return "Hello from production!\n"; },
                                         .sleep_time = program.sleep_time(),
                                         .sleep = [](auto) {}});  // the coroutine has slept
        const auto handler = [&](event_loop& loop, const http_request& request) {
          return answer(loop, request, program.sleep_time(), routes);
        };
        production_server server(std::move(listener), handler, options, log);
        server.run(stop);
      });
}
