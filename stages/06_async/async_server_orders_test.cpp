#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "06_async/orders_fixture.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

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

TEST_F(ServerOrders, TwoSleepers) {
  about("6.5", "Two clients sleep a second each, at once: both are answered when it is over.");
  for (const char* name : {"a", "b"}) {
    around_.client(name).sends("GET /sleep HTTP/1.1\r\n\r\n").awaits("slept for /sleep").closes();
  }
  step("two clients, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 0, .surprises = 0},
                          [&] { serve(around_, sleep_a_second()); }));
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
  step("two clients, every order of events");
  EXPECT_TRUE(every_order(around_, {.preemptions = 0, .surprises = 0},
                          [&] { serve(around_, say_much(), async_options{}); }));
}

}  // namespace
}  // namespace workbook
