#include <algorithm>
#include <thread>

#include "async_routes.hpp"
#include "async_server.hpp"
#include "program/server_program.hpp"

using namespace workbook;

int main(int argc, char** argv) {
  server_program program("stage06_server", "Serves thousands of connections with a thread a core.",
                         7883);
  async_options options;
  options.loops = std::max(1U, std::thread::hardware_concurrency());
  program.add_count("--loops", options.loops, "threads, each with an event loop");
  program.add_count("--connections", options.max_connections, "that are served at the same time");
  return program.run(
      argc, argv, [&](tcp_listener listener, event_log* log, const std::stop_token& stop) {
        const route_options routes{.greeting = [] { return "Hello from the async server!\n"; },
                                   .sleep_time = program.sleep_time(),
                                   .sleep = {}};
        async_server server(std::move(listener), make_async_routes(routes), options, log);
        server.run(stop);
      });
}
