// Limits of time, in virtual time: ten seconds take none.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "07_production/production_fixture.hpp"
#include "harness/story.hpp"
#include "harness/world/world_test.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

/// Serves the clients of a world until its stop comes, with the time limits that are the default.
/// No answer may take longer than its ten seconds.
void serve(world& around, const async_handler& handler = say_ok_at_once()) {
  production_options options;
  options.drain.grace = 0ms;
  event_log log;
  {
    production_server server(tcp_listener("127.0.0.1", 0), handler, options, &log);
    server.run(around.stop());
  }
  std::map<std::uint64_t, server_event::clock::time_point> started;
  for (const server_event& event : log.events()) {
    if (event.kind == event_kind::started) started[event.connection] = event.time;
    if (event.kind != event_kind::finished) continue;
    explore_check(event.time - started[event.connection] <= 10s, "an answer took more than 10 s");
  }
}

task<http_response> says_much(const http_request& request) {
  co_return http_response{200, request.path == "/much" ? std::string(50'000, 'x') : "short\n"};
}

class Deadlines : public explored_test {
 protected:
  testing::AssertionResult every_order_of(const async_handler& handler = say_ok_at_once(),
                                          const std::function<void()>& expectations = {}) {
    return every_order(
        around_, {.preemptions = 0, .surprises = 0}, [&] { serve(around_, handler); },
        expectations);
  }

  world around_;
};

TEST_F(Deadlines, AHeadThatTrickles) {
  about("7.6",
        "A client sends a piece of its head every 4 s. Its ten seconds are for the whole head: a "
        "deadline that begins anew with each byte is none, and the connection is its own for ever "
        "(slowloris).");
  auto& client = around_.client("a");
  for (const char* piece : {"G", "ET /fast", " HTTP/1.1"}) client.sends(piece).pauses(4s);
  client.sends("\r\n\r\n").awaits("408").awaits_end();
  step("one client, in virtual time");
  EXPECT_TRUE(every_order_of());
}

TEST_F(Deadlines, ABodyThatTrickles) {
  about("7.6", "A body has ten seconds in all, too, from the end of its head.");
  auto& client = around_.client("a").sends("POST /fast HTTP/1.1\r\nContent-Length: 4\r\n\r\n");
  for (int i = 0; i < 4; ++i) client.pauses(4s).sends("x");
  client.awaits("408").awaits_end();
  step("one client sends a byte of its body every 4 s");
  EXPECT_TRUE(every_order_of());
}

TEST_F(Deadlines, ABodyThatComesInTime) {
  about(
      "7.6",
      "A body that is slow and in time is answered, also if it is complete later than ten seconds "
      "from the beginning of its request: each part has its own time.");
  around_.client("a")
      .sends("POST /fast HT")
      .pauses(8s)
      .sends("TP/1.1\r\nContent-Length: 3\r\n\r\na")
      .pauses(8s)
      .sends("bc")
      .awaits("Fast response!")
      .closes();
  step("8 s for the head, and 8 s for the body");
  EXPECT_TRUE(every_order_of());
}

TEST_F(Deadlines, AClientThatIsIdle) {
  about("7.6",
        "An idle client may be silent for a minute, not longer: then it is left without a word. An "
        "answer to nothing would be taken for that to its next request.");
  auto& idle = around_.client("a")
                   .sends("GET /fast HTTP/1.1\r\n\r\n")
                   .awaits("Fast response!")
                   .pauses(50s)
                   .sends("GET /fast HTTP/1.1\r\n\r\n")
                   .awaits("Fast response!")
                   .awaits_end();
  step("50 s of silence, another request, and silence for ever");
  EXPECT_TRUE(every_order_of(say_ok_at_once(), [&] {
    explore_check(idle.received().ends_with("Fast response!\n"), "it was told something");
  }));
}

TEST_F(Deadlines, AClientThatNeverBegins) {
  about("7.6", "Who connects and says nothing has the time of a head for its first byte.");
  auto& silent = around_.client("a").awaits_end();
  around_.client("b").pauses(20s).sends("GET /fast HTTP/1.1\r\n\r\n").closes();
  step("one says nothing for ever; another nothing for 20 s");
  EXPECT_TRUE(every_order_of(say_ok_at_once(), [&] {
    explore_check(silent.received().empty(), "it was told something");
    explore_check(around_.client("b").received().empty(), "it had 20 s for its first byte");
  }));
}

TEST_F(Deadlines, AReaderThatTakesABitNowAndThen) {
  about("7.6",
        "A client reads its long answer bit by bit. The time for an answer is for all of it: each "
        "bit that was taken would otherwise buy the next ten seconds, and the memory of the answer "
        "is held as long.");
  auto& slow = around_.client("a").stops_reading().sends("GET /much HTTP/1.1\r\n\r\n");
  for (int i = 0; i < 5; ++i) slow.pauses(4s).reads_on().stops_reading();
  slow.pauses(4s).reads_on().awaits_end();
  around_.client("b").sends("GET /short HTTP/1.1\r\n\r\n").awaits("short").closes();
  const async_handler handler = [](event_loop&, const http_request& request) {
    return says_much(request);
  };
  step("it reads what has come every 4 s; another client is served meanwhile");
  EXPECT_TRUE(every_order_of(handler));
}

task<http_response> takes_a_second(event_loop& loop, const http_request&) {
  (void)co_await loop.sleep_until(loop.now() + 1s);
  co_return http_response{200, "slept\n"};
}

TEST_F(Deadlines, ARequestOfASecondIsObservedAsOne) {
  about("7.1",
        "Durations are in seconds, as the name of the metric says, from a whole request to its "
        "answer: neither in milliseconds, nor with the time in which the client was silent.");
  around_.client("a")
      .sends("GET /")
      .pauses(3s)
      .sends(" HTTP/1.1\r\n\r\n")
      .awaits("slept")
      .sends("GET /metrics HTTP/1.1\r\n\r\n")
      .awaits("http_request_duration_seconds_bucket{le=\"0.5\"} 0\n")
      .awaits("http_request_duration_seconds_bucket{le=\"2.5\"} 1\n")
      .awaits("http_request_duration_seconds_sum 1\n")
      .closes();
  step("a handler that takes a second, in virtual time; then the page of metrics");
  const async_handler handler = takes_a_second;
  EXPECT_TRUE(every_order_of(handler));
}

}  // namespace
}  // namespace workbook
