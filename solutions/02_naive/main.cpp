#include <chrono>
#include <thread>

#include "naive_server.hpp"
#include "program/server_program.hpp"

using namespace workbook;

int main(int argc, char** argv) {
  server_program program("stage02_server", "Serves each connection on a thread of its own.", 7879);
  return program.run(
      argc, argv, [&](tcp_listener listener, event_log* log, const std::stop_token& stop) {
        const route_options options{.greeting = greeting_from_this_thread,
                                    .sleep_time = program.sleep_time(),
                                    .sleep = [](auto time) { std::this_thread::sleep_for(time); }};
        naive_server server(std::move(listener), make_routes(options), log);
        server.run(stop);
      });
}
