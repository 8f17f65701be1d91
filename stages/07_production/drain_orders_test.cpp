// The end of a server, in virtual time and in every order of events.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "07_production/production_fixture.hpp"
#include "async/coroutine_frame.hpp"
#include "harness/story.hpp"
#include "harness/world/world_test.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

class DrainOrders : public explored_test {
 protected:
  DrainOrders() {
    options_.drain = {.grace = 5s, .deadline = 30s};
    options_.limits.write = 1h;
  }

  /// Answers at once; `/stop` requests the stop first, `/sleep` takes 20 s and `/long` an hour.
  static task<http_response> says(event_loop& loop, const http_request& request,
                                  std::stop_source stop) {
    if (request.path == "/stop") stop.request_stop();
    if (request.path == "/sleep") (void)co_await loop.sleep_until(loop.now() + 20s);
    if (request.path == "/long") (void)co_await loop.sleep_until(loop.now() + 1h);
    if (request.path == "/much") co_return http_response{200, std::string(50'000, 'x')};
    co_return http_response{200, "done: " + request.path + "\n"};
  }

  /// Serves until `stop` is requested and nobody is left. Afterwards no frame is.
  void serve(std::stop_source stop) {
    const auto frames = live_frames();
    const auto begin = event_loop::clock::now();
    {
      const async_handler handler = [stop](event_loop& loop, const http_request& request) {
        return says(loop, request, stop);
      };
      production_server server(tcp_listener("127.0.0.1", 0), handler, options_);
      server.run(stop.get_token());
      explore_check(server.state() == server_state::stopped,
                    "run() returns, and says no \"stopped\"");
    }
    explore_check(live_frames() == frames, "frames of coroutines are left");
    explore_check(event_loop::clock::now() - begin <= longest_, "it took longer than it may");
    explore_check(event_loop::clock::now() - begin >= shortest_,
                  "it did not wait as long as it must");
  }

  /// The stop is what a client asks for with /stop.
  testing::AssertionResult every_order_until_asked(const std::function<void()>& expectations = {}) {
    return every_order(
        around_, {.preemptions = 0, .surprises = 0}, [&] { serve(std::stop_source()); },
        expectations);
  }

  /// The stop comes at every moment.
  testing::AssertionResult every_order_with_a_stop(int preemptions,
                                                   const std::function<void()>& expectations) {
    around_.stops_anywhere();
    return every_order(
        around_, {.preemptions = preemptions, .surprises = 0},
        [&] {
          std::stop_source stop;
          const std::stop_callback pass_on(around_.stop(), [&] { stop.request_stop(); });
          serve(stop);
        },
        expectations);
  }

  world around_;
  production_options options_;
  std::chrono::seconds shortest_ = 0s;
  std::chrono::seconds longest_ = 1h;
};

TEST_F(DrainOrders, IsNotReadyButAliveWhileItDrains) {
  about("7.5",
        "Readiness falls first, and the listener stays open: between the two, the load balancers "
        "learn that they have to send their clients elsewhere. It lives, and it can be scraped.");
  around_.client("a")
      .sends("GET /stop HTTP/1.1\r\n\r\n")
      .awaits("done: /stop")
      .pauses(1s)
      .sends("GET /readyz HTTP/1.1\r\n\r\n")
      .awaits("HTTP/1.1 503")
      .awaits("draining")
      .awaits_end();
  around_.client("b").pauses(2s).sends("GET /livez HTTP/1.1\r\n\r\n").awaits("HTTP/1.1 200");
  around_.client("c").pauses(2s).sends("GET /metrics HTTP/1.1\r\n\r\n").awaits("draining\"} 1");
  step("three clients; the first asks for the stop");
  shortest_ = 5s;
  longest_ = 6s;
  EXPECT_TRUE(every_order_until_asked());
}

TEST_F(DrainOrders, NobodyIsRefusedDuringTheGrace) {
  about(
      "7.5",
      "Clients may still be sent here until every balancer has asked /readyz again. Whoever comes "
      "within the grace is accepted and answered, whenever the stop comes.");
  auto& client = around_.client("a").sends("GET /fast HTTP/1.1\r\n\r\n").awaits("done: /fast");
  step("one client, and a stop at every moment");
  EXPECT_TRUE(every_order_with_a_stop(0, [&] {
    explore_check(!client.was_refused(), "nobody listened");
    explore_check(client.received().ends_with("done: /fast\n"), "it was not answered");
  }));
}

TEST_F(DrainOrders, AnAnswerIsWholeOrThereIsNone) {
  about("7.5", "Also where a client comes at the very end of the grace: no half an answer.");
  auto& client = around_.client("a").sends("GET /fast HTTP/1.1\r\n\r\n").awaits("done: /fast");
  options_.limits.head = options_.limits.idle = std::chrono::milliseconds::max();
  step("one client, and a stop at every moment, with an interruption");
  EXPECT_TRUE(every_order_with_a_stop(1, [&] {
    const bool whole = client.received().ends_with("done: /fast\n");
    explore_check(client.received().empty() || whole, "half an answer was sent");
  }));
}

TEST_F(DrainOrders, EachAnswerIsTheLast) {
  about("7.5",
        "A client with a connection that is kept is told, with its next answer, to go elsewhere: "
        "`Connection: close`. Nothing is lost, and it need not find out by a reset.");
  around_.client("a")
      .sends("GET /stop HTTP/1.1\r\n\r\n")
      .awaits("done: /stop")
      .pauses(1s)
      .sends("GET /fast HTTP/1.1\r\n\r\n")
      .awaits("Connection: close")
      .awaits("done: /fast")
      .awaits_end();
  step("one client asks for the stop, and goes on");
  EXPECT_TRUE(every_order_until_asked());
}

TEST_F(DrainOrders, IdleClientsMayAskOnceMore) {
  about(
      "7.5",
      "A client that is idle when the stop comes does not know of it. Within the grace it may ask "
      "once more, and learns with its answer that the connection ends. If it is left at the stop, "
      "its next request meets a closed door.");
  around_.client("a").pauses(1s).sends("GET /stop HTTP/1.1\r\n\r\n").awaits("done: /stop");
  around_.client("b")
      .sends("GET /fast HTTP/1.1\r\n\r\n")
      .awaits("done: /fast")
      .pauses(3s)
      .sends("GET /again HTTP/1.1\r\n\r\n")
      .awaits("Connection: close")
      .awaits("done: /again")
      .awaits_end();
  step("one client is idle when another asks for the stop, and asks again 2 s later");
  EXPECT_TRUE(every_order_until_asked());
}

TEST_F(DrainOrders, IdleClientsAreLeftAtTheEndOfTheGrace) {
  about(
      "7.5",
      "An idle client may ask once more until the end of the grace. Then it is left: it waits for "
      "nothing, and would hold up the end until the deadline.");
  auto& idle = around_.client("a").sends("GET /stop HTTP/1.1\r\n\r\n").awaits("done: /stop");
  idle.pauses(4s).awaits_end();
  step("one client asks for the stop, and is silent");
  shortest_ = longest_ = 5s;
  EXPECT_TRUE(every_order_until_asked());
}

TEST_F(DrainOrders, ANewcomerMayStillAsk) {
  about("7.5",
        "Whoever connected within the grace and has not been answered yet is no idle client: its "
        "request is on its way, and it was accepted. It has the time of a head for it.");
  around_.client("a").sends("GET /stop HTTP/1.1\r\n\r\n").awaits("done: /stop");
  auto& late =
      around_.client("b").pauses(8s).sends("GET /fast HTTP/1.1\r\n\r\n").awaits("done: /fast");
  step("one asks for the stop; another has connected, and asks 3 s after the grace");
  EXPECT_TRUE(every_order_until_asked(
      [&] { explore_check(late.received().ends_with("done: /fast\n"), "it was not answered"); }));
}

TEST_F(DrainOrders, WhatIsAtWorkIsAnswered) {
  about("7.5",
        "A request that was accepted is answered, however long after the grace, as long as the "
        "deadline is not over. Then run() returns: nobody is left to wait for.");
  auto& slow = around_.client("b").sends("GET /sleep HTTP/1.1\r\n\r\n").awaits("done: /sleep");
  around_.client("a").sends("GET /stop HTTP/1.1\r\n\r\n").awaits("done: /stop");
  step("one request takes 20 s; the stop comes meanwhile, with 5 s of grace");
  longest_ = 25s;
  EXPECT_TRUE(every_order_until_asked(
      [&] { explore_check(slow.received().ends_with("done: /sleep\n"), "it was not answered"); }));
}

TEST_F(DrainOrders, AHalfRequestIsReadToItsEnd) {
  about("7.5", "A request that has begun is no silence: the rest of it is on its way.");
  around_.client("a").sends("GET /stop HTTP/1.1\r\n\r\n").awaits("done: /stop");
  auto& half = around_.client("b").pauses(4s).sends("GET /fa").pauses(4s);
  half.sends("st HTTP/1.1\r\n\r\n").awaits("done: /fast");
  step("a request begins within the grace, and is complete after it");
  EXPECT_TRUE(every_order_until_asked(
      [&] { explore_check(half.received().ends_with("done: /fast\n"), "it was not answered"); }));
}

TEST_F(DrainOrders, TheDeadlineEndsWhatIsLeft) {
  about(
      "7.5",
      "A supervisor waits only so long before it kills. So the server ends itself at its deadline, "
      "counted from the stop, whoever is left: then at least everything else is in order.");
  around_.client("a").sends("GET /stop HTTP/1.1\r\n\r\n").awaits("done: /stop");
  auto& left = around_.client("b").sends("GET /long HTTP/1.1\r\n\r\n").awaits_end();
  step("one request takes an hour; 30 s after the stop it is over");
  shortest_ = longest_ = 30s;
  EXPECT_TRUE(every_order_until_asked(
      [&] { explore_check(left.received().empty(), "it was answered before it was done"); }));
}

TEST_F(DrainOrders, TheDeadlineEndsWhoDoesNotRead) {
  about("7.5", "No stop ends a write: half an answer is worse than none. But the deadline does.");
  around_.client("a").stops_reading().sends("GET /much HTTP/1.1\r\n\r\n");
  around_.client("b").sends("GET /stop HTTP/1.1\r\n\r\n").awaits("done: /stop");
  step("one client does not read its answer; another asks for the stop");
  shortest_ = longest_ = 30s;
  EXPECT_TRUE(every_order_until_asked());
}

TEST_F(DrainOrders, WithoutAGraceItEndsWithTheLastAnswer) {
  about("7.5", "Where no balancer is in front, the grace can be 0: nobody else is accepted.");
  options_.drain = {.grace = 0s, .deadline = 30s};
  auto& client = around_.client("a").sends("GET /fast HTTP/1.1\r\n\r\n").awaits("done: /fast");
  step("one client, and a stop at every moment");
  longest_ = 11s;  // the time of a head
  EXPECT_TRUE(every_order_with_a_stop(0, [&] {
    const bool whole = client.received().ends_with("done: /fast\n");
    const bool never_came = client.was_refused() || (!client.is_done() && !client.saw_end());
    explore_check(whole || never_came, "it was accepted and not answered");
  }));
}

}  // namespace
}  // namespace workbook
