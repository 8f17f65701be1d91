#include <gtest/gtest.h>

#include <chrono>
#include <http_client.hpp>
#include <load.hpp>
#include <stdexcept>
#include <stop_token>

#include "04_stress/client_fixture.hpp"
#include "04_stress/virtual_clock_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/scripted_server.hpp"
#include "harness/story.hpp"
#include "harness/threads/thread_probes.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

TEST(Load, NeedsClientsAndRequests) {
  about("", "A load without clients, or without requests, is the caller's mistake.");
  const auto ask = [] { return ok; };
  step("no clients; no requests; a negative rate");
  EXPECT_THROW((void)run_load({.clients = 0}, ask), std::invalid_argument);
  EXPECT_THROW((void)run_load({.requests = 0}, ask), std::invalid_argument);
  EXPECT_THROW((void)run_load({.rate = -1}, ask), std::invalid_argument);
}

TEST(Load, UsesAClockThatNeverGoesBack) {
  about("", "The time of day may be changed while a load runs; a steady clock cannot.");
  step("the clock that a load uses by default");
  using function = load_clock::time_point (*)() noexcept;
  const load_clock clock;
  const function* const now = clock.now.target<function>();
  ASSERT_NE(now, nullptr);
  EXPECT_EQ(*now, &std::chrono::steady_clock::now);
}

TEST(Load, StopEndsItEarlyAndAccountsForTheRest) {
  about("4.3",
        "After a stop, no more requests are sent. Those that were not started are counted as not "
        "started: the outcomes still add up to what was asked for, and the report says that it is "
        "partial.");
  std::stop_source stop;
  std::size_t asked = 0;
  step("one client with ten requests; the stop comes during the third");
  const load_report report = run_load(
      {.clients = 1, .requests = 10},
      [&] {
        if (++asked == 3) stop.request_stop();
        return ok;
      },
      stop.get_token());
  EXPECT_EQ(report.outcomes[outcome::ok], 3u);
  EXPECT_EQ(report.outcomes[outcome::not_started], 7u);
  EXPECT_TRUE(report.partial());
}

TEST(Load, StopReachesAClientThatWaitsForItsTurn) {
  about("4.3",
        "In an open loop a client sleeps until its request is due, and that may take long: a stop "
        "ends the sleep, and the request is not sent.");
  std::stop_source stop;
  virtual_clock time;
  load_clock clock = time.as<load_clock>();
  bool heard = true;
  clock.sleep_until = [&](load_clock::time_point due, const std::stop_token& token) {
    if (due <= time.now()) return;  // the first request is due at once
    stop.request_stop();
    heard = token.stop_requested();
  };
  std::size_t asked = 0;
  step("the stop comes while a client sleeps, after its first request");
  const load_report report = run_load(
      {.clients = 1, .requests = 5, .rate = 0.001}, [&] { return ++asked, ok; }, stop.get_token(),
      clock);
  EXPECT_TRUE(heard) << "the sleep was not given the stop token, so the stop does not end it";
  EXPECT_EQ(asked, 1u) << "a request was sent after the stop";
  EXPECT_EQ(report.outcomes[outcome::not_started], 4u);
}

TEST(Load, ClientsWithoutAThreadAreTheGeneratorsLimit) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("4.3",
        "The system refuses a thread: that is a limit of the generator, not a failure of the "
        "server. The clients that exist must not wait for those that never come.");
  const std::size_t threads_before = thread_count();
  const thread_probes::fail_thread_creation third(3);
  step("5 clients with 2 requests each; the third thread is refused");
  const load_report report = run_load({.clients = 5, .requests = 2}, [] { return ok; });
  // Code that starts the others all the same has four clients; code that does not has two.
  const std::size_t limit = report.outcomes[outcome::generator_limit];
  EXPECT_TRUE(limit == 2 || limit == 6) << "generator limit: " << limit << " requests";
  EXPECT_EQ(report.outcomes[outcome::ok], 10 - limit);
  EXPECT_EQ(report.outcomes.sum(), 10u);
  EXPECT_TRUE(eventually([&] { return thread_count() == threads_before; }));
}

TEST(Load, AClosedPortEndsNoClientsThread) {
  about("4.3",
        "An exception that leaves a client's thread ends the whole process. Whatever happens to "
        "one request is its outcome; the others go on.");
  std::uint16_t port = 0;
  {
    const tcp_listener gone("127.0.0.1", 0);
    port = gone.port();
  }
  const http_client client("127.0.0.1", port, "/fast");
  step("5 clients with 2 requests each, to a port on which nobody listens");
  const load_report report = run_load({.clients = 5, .requests = 2},
                                      [&] { return client.get(timed_stream::time_point::max()); });
  EXPECT_EQ(report.outcomes[outcome::refused], 10u);
}

TEST(Load, AServerThatDiesHalfWayIsAccountedFor) {
  about("4.3", "Whatever happens to the server, every request has an outcome.");
  std::atomic<int> served = 0;
  const scripted_server server([&](scripted_connection& client) {
    read_request(client);
    if (++served > 5) return client.reset();
    client.send(a_response);
  });
  const http_client client("127.0.0.1", server.port(), "/fast");
  step("a server answers five requests, and resets all others");
  const load_report report = run_load({.clients = 4, .requests = 5},
                                      [&] { return client.get(timed_stream::time_point::max()); });
  EXPECT_EQ(report.outcomes[outcome::ok], 5u);
  EXPECT_EQ(report.outcomes[outcome::reset], 15u);
}

}  // namespace
}  // namespace workbook
