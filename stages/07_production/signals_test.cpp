// What a supervisor sees: signals go in, an exit code comes out. Each server is a process of its own.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <string>

#include "07_production/production_fixture.hpp"
#include "harness/child_process.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "program/stop_on_signal.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

/// Runs a server until a signal stops it, in this process. `client` runs beside it.
void serve_until_signal(const production_options& options, const async_handler& handler,
                        const std::function<void(std::uint16_t port)>& client) {
  const stop_on_signal signals;  // before any other thread
  production_server server(tcp_listener("127.0.0.1", 0), handler, options);
  background beside([&] { client(server.port()); });
  server.run(signals.token());
  beside.wait();
}

void send_signal(int signal) { ::kill(::getpid(), signal); }

TEST(Signals, ATerminatedServerEndsWithCode0) {
  about("7.5", "SIGTERM is an order that was carried out, not a failure: the exit code is 0.");
  step("a client is answered, and then SIGTERM comes");
  const process_end end = run_in_child_process([] {
    serve_until_signal(without_limits(), say_ok_at_once(), [](std::uint16_t port) {
      if (status_of(ask(port, get_fast_once)) != 200) fail_now("the client was not answered");
      send_signal(SIGTERM);
    });
  });
  EXPECT_EQ(end.ended_by, "exit code 0") << end.error_output;
}

TEST(Signals, ASignalBeforeItIsReadyEndsIt) {
  about("7.5", "A supervisor may change its mind at once: SIGTERM before the server has begun.");
  step("SIGTERM comes before run()");
  const process_end end = run_in_child_process([] {
    const stop_on_signal signals;
    send_signal(SIGTERM);
    production_server server(tcp_listener("127.0.0.1", 0), say_ok_at_once(), without_limits());
    server.run(signals.token());
  });
  EXPECT_EQ(end.ended_by, "exit code 0") << end.error_output;
}

TEST(Signals, TheDeadlineEndsItWithCode0) {
  about("7.5",
        "A request that never ends does not keep the process: at the deadline it is cut off, and "
        "the exit code is 0 all the same. Otherwise the supervisor has to kill it.");
  production_options options = without_limits();
  options.drain.deadline = 1ms;
  step("a request waits for ever; SIGTERM comes, with a deadline that is soon over");
  const process_end end = run_in_child_process([&] {
    const async_handler never = [](event_loop& loop, const http_request&) {
      return [](event_loop& on) -> task<http_response> {
        send_signal(SIGTERM);
        (void)co_await on.sleep_until(event_loop::never);
        co_return http_response{200, "never\n"};
      }(loop);
    };
    serve_until_signal(options, never, [](std::uint16_t port) { (void)ask(port, get_fast_once); });
  });
  EXPECT_EQ(end.ended_by, "exit code 0") << end.error_output;
}

TEST(Signals, ASecondSignalEndsItAtOnce) {
  about("7.5",
        "A second SIGTERM is for those who will not wait: the code is 128 and the signal's.");
  production_options options = without_limits();
  options.drain = {.grace = 1h, .deadline = 2h};
  step("a request waits for ever; SIGTERM comes twice");
  const process_end end = run_in_child_process([&] {
    const async_handler never = [](event_loop& loop, const http_request&) {
      return [](event_loop& on) -> task<http_response> {
        send_signal(SIGTERM);
        (void)co_await on.sleep_until(event_loop::never);
        co_return http_response{200, "never\n"};
      }(loop);
    };
    serve_until_signal(options, never, [](std::uint16_t port) {
      raw_client client(port);
      client.send(get_fast_once);
      const bool drains = eventually([&] { return status_of(asked(port, "/readyz")) == 503; });
      if (!drains) fail_now("the first signal has not begun a drain");
      send_signal(SIGTERM);
      (void)client.read_to_end();
    });
  });
  EXPECT_EQ(end.ended_by, "exit code 143") << end.error_output;
}

}  // namespace
}  // namespace workbook
