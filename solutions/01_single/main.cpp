#include <thread>

#include "program/server_program.hpp"
#include "routes.hpp"
#include "single_server.hpp"

using namespace workbook;

int main(int argc, char** argv) {
  server_program program("stage01_server", "Serves one connection at a time.", 7878);
  return program.run(argc, argv,
                     [&](tcp_listener listener, event_log* log, const std::stop_token& stop) {
                       const route_options options{
                           .greeting = [] { return "Hello from the single-threaded server!\n"; },
                           .sleep_time = program.sleep_time(),
                           .sleep = [](auto time) { std::this_thread::sleep_for(time); }};
                       single_server server(std::move(listener), make_routes(options), log);
                       server.run(stop);
                     });
}
