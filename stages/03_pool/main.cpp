#include <chrono>
#include <thread>

#include "pooled_server.hpp"
#include "program/server_program.hpp"

using namespace workbook;

int main(int argc, char** argv) {
  server_program program("stage03_server", "Serves connections with a fixed number of threads.",
                         7880);
  pool_options pool;
  std::string overload = "reject";
  program.add_count("--workers", pool.workers, "threads that serve connections");
  program.add_count("--queue", pool.queue_capacity, "connections that may wait for a worker");
  program.add_choice("--overload", overload, {"reject", "wait"},
                     "when the queue is full: answer 503, or accept nobody until there is room");
  return program.run(
      argc, argv, [&](tcp_listener listener, event_log* log, const std::stop_token& stop) {
        const route_options options{.greeting = greeting_from_this_worker,
                                    .sleep_time = program.sleep_time(),
                                    .sleep = [](auto time) { std::this_thread::sleep_for(time); }};
        pool.overload = overload == "wait" ? overload_policy::wait : overload_policy::reject;
        pooled_server server(std::move(listener), make_routes(options), pool, log);
        server.run(stop);
      });
}
