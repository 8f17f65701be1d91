#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <string>

#include "06_async/async_server_fixture.hpp"
#include "async/coroutine_frame.hpp"
#include "harness/story.hpp"
#include "harness/world/world_test.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

/// Serves the clients of a world until its stop comes. Afterwards no frame is left.
void serve(world& around, const async_handler& handler, const async_options& options = patient()) {
  const auto frames = live_frames();
  {
    async_server server(tcp_listener("127.0.0.1", 0), handler, options);
    server.run(around.stop());
  }
  explore_check(live_frames() == frames, "frames of coroutines are left");
}

class ServerOrders : public explored_test {
 protected:
  world around_;
};

TEST_F(ServerOrders, ARequestInTwoPieces) {
  about("6.6",
        "Whatever comes first, and in whatever pieces: a request is answered, and its end seen.");
  around_.client("a")
      .sends("GET /fast HT")
      .sends("TP/1.1\r\n\r\n")
      .awaits("Fast response!")
      .half_closes()
      .awaits_end();
  step("one client, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 1, .surprises = 1},
                          [&] { serve(around_, say_ok_at_once()); }));
}

TEST_F(ServerOrders, TheLastRequestAndTheEndTogether) {
  about(
      "6.6",
      "A client sends its request and says at once that it is the last. Both may come in one edge: "
      "the answer is sent, and then the end is seen, or the connection stays for ever.");
  around_.client("a")
      .sends("GET /fast HTTP/1.1\r\n\r\n")
      .half_closes()
      .awaits("Fast response!")
      .awaits_end();
  step("one client, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 1, .surprises = 1},
                          [&] { serve(around_, say_ok_at_once()); }));
}

TEST_F(ServerOrders, TwoRequestsAtOnce) {
  about("6.8", "Two requests in one piece, or torn anywhere: two answers, in their order.");
  around_.client("a")
      .sends("GET /fast HTTP/1.1\r\n\r\nGET /nowhere HTTP/1.1\r\n\r\n")
      .awaits("Fast response!")
      .awaits("Page not found")
      .closes();
  step("one client, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 1, .surprises = 1},
                          [&] { serve(around_, say_ok_at_once()); }));
}

TEST_F(ServerOrders, TwoClients) {
  about("6.7", "Two clients come at any moment: both are accepted, both are answered.");
  for (const char* name : {"a", "b"}) {
    around_.client(name).sends("GET /fast HTTP/1.1\r\n\r\n").awaits("Fast response!").closes();
  }
  step("two clients, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 0, .surprises = 0},
                          [&] { serve(around_, say_ok_at_once()); }));
}

TEST_F(ServerOrders, AStopAtAnyMoment) {
  about("6.5",
        "A stop may come before, in or after each wait. run() returns, and what has arrived is "
        "answered whole or not at all.");
  around_.stops_anywhere();
  auto& client =
      around_.client("a").sends("GET /fast HTTP/1.1\r\n\r\n").awaits("Fast response!").closes();
  step("one client, and a stop at every moment");
  EXPECT_TRUE(every_order(
      around_, {.preemptions = 1, .surprises = 0}, [&] { serve(around_, say_ok_at_once()); },
      [&] {
        const bool whole = client.received().ends_with("Fast response!\n");
        explore_check(client.received().empty() || whole, "half an answer was sent");
      }));
}

TEST_F(ServerOrders, AResetAtAnyMoment) {
  about("6.6", "A client resets at any moment: that costs its connection, and the next is served.");
  around_.client("a").sends("GET /fast HTTP/1.1\r\n\r\n").resets();
  around_.client("b").sends("GET /fast HTTP/1.1\r\n\r\n").awaits("Fast response!").closes();
  step("two clients, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 0, .surprises = 0},
                          [&] { serve(around_, say_ok_at_once()); }));
}

task<http_response> sleeps_a_second(event_loop& loop, const http_request& request) {
  const auto until = loop.now() + 1s;
  const wait_result slept = co_await loop.sleep_until(until);
  if (slept == wait_result::stopped) co_return http_response{503, "stopping\n"};
  co_return http_response{200, "slept for " + request.path + "\n"};
}

TEST_F(ServerOrders, TwoSleepers) {
  about("6.5", "Two clients sleep a second each, at once: both are answered when it is over.");
  const async_handler handler = sleeps_a_second;
  for (const char* name : {"a", "b"}) {
    around_.client(name).sends("GET /sleep HTTP/1.1\r\n\r\n").awaits("slept for /sleep").closes();
  }
  step("two clients, every order of events");
  EXPECT_TRUE(
      every_order(around_, {.preemptions = 0, .surprises = 0}, [&] { serve(around_, handler); }));
}

TEST_F(ServerOrders, ARequestThatTakesTooLong) {
  about("6.8",
        "A client sends a byte every few seconds. The time of a request is counted from its first "
        "byte: after ten seconds it is told so, and left.");
  auto& client = around_.client("a");
  for (const char* piece : {"G", "ET /fast", " HTTP/1.1"}) client.sends(piece).pauses(4s);
  client.sends("\r\n\r\n").awaits("408").awaits_end();
  step("one client, in virtual time");
  EXPECT_TRUE(every_order(around_, {.preemptions = 0, .surprises = 0},
                          [&] { serve(around_, say_ok_at_once(), async_options{}); }));
}

TEST_F(ServerOrders, AReaderThatNeverReads) {
  about("6.4",
        "A client asks and does not read. The answer waits for room until its time is over; others "
        "are served meanwhile, and a stop comes to its end.");
  around_.client("a").stops_reading().sends("GET /much HTTP/1.1\r\n\r\n").pauses(30s).closes();
  around_.client("b").sends("GET /fast HTTP/1.1\r\n\r\n").awaits("Fast response!").closes();
  const async_handler handler = [](event_loop&, const http_request& request) {
    return [](const http_request& asked) -> task<http_response> {
      co_return http_response{
          200, asked.path == "/much" ? std::string(50'000, 'x') : "Fast response!\n"};
    }(request);
  };
  step("two clients, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 0, .surprises = 0},
                          [&] { serve(around_, handler, async_options{}); }));
}

}  // namespace
}  // namespace workbook
