// A reset, and a stop, in every state of a connection: nobody there yet, half a request, in the
// handler, in the answer, behind it.
#include <gtest/gtest.h>

#include <string>

#include "06_async/orders_fixture.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST_F(ServerOrders, AResetAtAnyMoment) {
  about("6.6",
        "A client resets at any moment: before it is accepted, beside its request, in its answer. "
        "That costs its connection and nothing else.");
  around_.client("a").sends("GET /fast HTTP/1.1\r\n\r\n").resets();
  step("one client, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 1, .surprises = 1},
                          [&] { serve(around_, say_ok_at_once()); }));
}

TEST_F(ServerOrders, TheNextIsServedAfterAReset) {
  about("6.6", "A client resets, and another asks: the other is served, whoever comes first.");
  around_.client("a").sends("GET /fa").resets();
  around_.client("b").sends("GET /fast HTTP/1.1\r\n\r\n").awaits("Fast response!");
  step("two clients, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 0, .surprises = 0},
                          [&] { serve(around_, say_ok_at_once()); }));
}

TEST_F(ServerOrders, AResetWhileTheHandlerSleeps) {
  about("6.6",
        "A client resets while its handler sleeps. The answer finds nobody, and the connection "
        "ends: it must not stay for ever.");
  around_.client("a").sends("GET /sleep HTTP/1.1\r\n\r\n").resets();
  step("one client, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 1, .surprises = 1},
                          [&] { serve(around_, sleep_a_second()); }));
}

TEST_F(ServerOrders, AResetWhileTheAnswerWaitsForRoom) {
  about("6.4",
        "A client does not read its answer, which waits for room; then it resets. Whoever waits "
        "for room has to hear of it too.");
  around_.client("a").stops_reading().sends("GET /much HTTP/1.1\r\n\r\n").resets();
  step("one client, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 1, .surprises = 0},
                          [&] { serve(around_, say_much()); }));
}

TEST_F(ServerOrders, AResetBehindTheLastAnswer) {
  about("6.6",
        "A client has said that this is its last request, and resets when it has the answer: while "
        "the server waits for it to close. The connection is over.");
  around_.client("a")
      .sends("GET /fast HTTP/1.1\r\nConnection: close\r\n\r\n")
      .awaits("Fast response!")
      .resets();
  step("one client, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 1, .surprises = 1},
                          [&] { serve(around_, say_ok_at_once()); }));
}

TEST_F(ServerOrders, AStopAtAnyMoment) {
  about("6.5",
        "A stop may come before, in or after each wait. run() returns, and what has arrived is "
        "answered whole or not at all.");
  around_.stops_anywhere();
  auto& client = around_.client("a").sends("GET /fast HTTP/1.1\r\n\r\n");
  step("one client, and a stop at every moment");
  EXPECT_TRUE(every_order(
      around_, {.preemptions = 1, .surprises = 1}, [&] { serve(around_, say_ok_at_once()); },
      [&] {
        const bool whole = client.received().ends_with("Fast response!\n");
        explore_check(client.received().empty() || whole, "half an answer was sent");
      }));
}

TEST_F(ServerOrders, AStopWhileTheHandlerSleeps) {
  about("6.5",
        "A stop ends the sleep of a handler, and its answer is still sent: the request was "
        "accepted. Nobody waits for the second that is left.");
  around_.stops_anywhere();
  auto& client = around_.client("a").sends("GET /sleep HTTP/1.1\r\n\r\n").awaits("\n\r\n");
  step("one client, and a stop at every moment");
  EXPECT_TRUE(every_order(
      around_, {.preemptions = 1, .surprises = 0}, [&] { serve(around_, sleep_a_second()); },
      [&] {
        const std::string& got = client.received();
        const bool whole = got.ends_with("slept for /sleep\n") || got.ends_with("stopping\n");
        explore_check(got.empty() || whole, "half an answer was sent");
      }));
}

TEST_F(ServerOrders, AStopWhileTheAnswerWaitsForRoom) {
  about("6.5",
        "A stop ends no answer that has begun: it waits for room until the client reads on, and "
        "comes whole.");
  around_.stops_anywhere();
  auto& client = around_.client("a").stops_reading().sends("GET /much HTTP/1.1\r\n\r\n").reads_on();
  step("one client that reads late, and a stop at every moment");
  EXPECT_TRUE(every_order(
      around_, {.preemptions = 1, .surprises = 0}, [&] { serve(around_, say_much()); },
      [&] {
        const std::string& got = client.received();
        const auto body = got.find("\r\n\r\n");
        const bool whole = body != got.npos && got.size() == body + 4 + 50'000;
        explore_check(got.empty() || whole, "half an answer was sent");
      }));
}

}  // namespace
}  // namespace workbook
