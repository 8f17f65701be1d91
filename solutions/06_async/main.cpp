#include "async_server.hpp"
#include "program/server_program.hpp"
#include "routes.hpp"

using namespace workbook;

namespace {

/// The routes of every server; but `/sleep` keeps no thread. If a stop ends it, the answer is 503.
task<http_response> answer(event_loop& loop, const http_request& request,
                           std::chrono::milliseconds sleep_time, const request_handler& routes) {
  if (request.path == "/sleep" && request.method == "GET") {
    const wait_result slept = co_await loop.sleep_until(loop.in(sleep_time));
    if (slept == wait_result::stopped) co_return busy_response();
  }
  co_return routes(request);
}

}  // namespace

int main(int argc, char** argv) {
  server_program program("stage06_server", "Serves thousands with a thread a core.", 7883);
  async_options options{.loops = a_loop_for_each_core()};
  program.add_count("--loops", options.loops, "threads, each with an event loop");
  program.add_count("--connections", options.max_connections, "served at the same time");
  const auto serve = [&](tcp_listener listener, event_log* log, const std::stop_token& stop) {
    const auto routes = make_routes({.greeting = [] { return "Hello from the async server!\n"; },
                                     .sleep_time = program.sleep_time(),
                                     .sleep = [](auto) {}});  // the coroutine has slept
    const auto handler = [&](event_loop& loop, const http_request& request) {
      return answer(loop, request, program.sleep_time(), routes);
    };
    async_server server(std::move(listener), handler, options, log);
    server.run(stop);
  };
  return program.run(argc, argv, serve);
}
