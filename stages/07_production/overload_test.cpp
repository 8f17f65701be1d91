#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <string>

#include "07_production/metrics_page_fixture.hpp"
#include "07_production/production_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

using served = running_server<production_server>;

production_options with_in_flight(std::size_t most) {
  production_options options = without_limits();
  options.max_in_flight = most;
  return options;
}

TEST(Overload, TurnsAwayOneRequestTooManyBeforeAnyWork) {
  about("7.7",
        "With as many requests at work as there may be, the next is told to come back: 503, with "
        "Retry-After, at once, and without its handler. Its connection stays: a new one for each "
        "attempt would cost more than the request.");
  async_gate held;
  std::atomic<int> calls = 0;
  const auto handler = [&](event_loop& loop, const http_request& request) {
    ++calls;
    return says_when_open(held, loop, request);
  };
  served server(handler, with_in_flight(2));
  step("two requests are at work");
  std::deque<keeping_client> inside;
  for (int i = 0; i < 2; ++i) inside.emplace_back(server.port()).send(get_sleep_again);
  held.wait_for_arrivals(2);
  step("a third is turned away, three times on the same connection");
  keeping_client third(server.port());
  for (int i = 0; i < 3; ++i) {
    third.send(get_fast_again);
    const sent_response answer = understood(third.next_answer());
    EXPECT_EQ(status_of(answer), 503);
    EXPECT_NE(answer.field("retry-after"), "(missing)");
    EXPECT_EQ(answer.field("connection"), "keep-alive");
  }
  EXPECT_EQ(calls, 2) << "a handler was called for a request that was turned away";
  step("one of the two is answered: there is room again");
  held.open();
  for (keeping_client& client : inside) EXPECT_EQ(status_of(client.next_answer()), 200);
  third.send(get_fast_again);
  EXPECT_EQ(status_of(third.next_answer()), 200);
}

TEST(Overload, AnswersProbesAndScrapes) {
  about(
      "7.7",
      "An overloaded server is the one that people want to look at; and a supervisor that gets no "
      "answer from /livez kills it. Probes and scrapes take no place.");
  async_gate held;
  served server(routes_with(held), with_in_flight(1));
  step("the only place is taken");
  keeping_client inside(server.port());
  inside.send(get_sleep_again);
  held.wait_for_arrivals(1);
  EXPECT_EQ(status_of(asked(server.port(), "/fast")), 503);
  step("it is asked how it is");
  EXPECT_EQ(status_of(asked(server.port(), "/livez")), 200);
  EXPECT_EQ(status_of(asked(server.port(), "/readyz")), 200);
  const sent_response scraped = asked(server.port(), "/metrics");
  EXPECT_EQ(status_of(scraped), 200);
  EXPECT_EQ(metrics_page(scraped.body).value("http_requests_in_flight"), 1);
  held.open();
}

TEST(Overload, APlaceIsKeptUntilTheAnswer) {
  about("7.7",
        "A place that is given back before the request is answered limits nothing: a place that "
        "nobody has in hand is destroyed at the end of its line.");
  async_gate held;
  served server(routes_with(held), with_in_flight(3));
  step("three requests are at work: all places are taken");
  std::deque<keeping_client> inside;
  for (int i = 0; i < 3; ++i) inside.emplace_back(server.port()).send(get_sleep_again);
  held.wait_for_arrivals(3);
  EXPECT_EQ(metrics_page(asked(server.port(), "/metrics").body).value("http_requests_in_flight"),
            3);
  step("all are answered: none is taken");
  held.open();
  for (keeping_client& client : inside) EXPECT_EQ(status_of(client.next_answer()), 200);
  EXPECT_EQ(metrics_page(asked(server.port(), "/metrics").body).value("http_requests_in_flight"),
            0);
}

TEST(Overload, OneConnectionTooManyMayOnlyProbe) {
  about("7.7",
        "Connections have a limit too. Beyond it a few more are read, and answered if they ask for "
        "a probe or the metrics; everything else is 503, and the last of its connection.");
  production_options options = without_limits();
  options.max_connections = 2;
  served server(say_ok_at_once(), options);
  step("two clients are connected");
  std::deque<keeping_client> inside;
  for (int i = 0; i < 2; ++i) {
    inside.emplace_back(server.port()).send(get_fast_again);
    EXPECT_EQ(status_of(inside.back().next_answer()), 200);
  }
  step("a third asks for /fast, others for probes");
  const sent_response refused = understood(ask(server.port(), get_fast_again));
  EXPECT_EQ(status_of(refused), 503);
  EXPECT_NE(refused.field("retry-after"), "(missing)");
  EXPECT_EQ(refused.field("connection"), "close");
  EXPECT_EQ(status_of(asked(server.port(), "/livez")), 200);
  EXPECT_EQ(metrics_page(asked(server.port(), "/metrics").body).value("http_connections"), 2);
  step("one of the two leaves");
  inside.pop_front();
  ASSERT_TRUE(eventually([&] { return status_of(asked(server.port(), "/fast")) == 200; }));
}

TEST(Overload, TurnsAwayAtOnceWhenNobodyElseMayProbe) {
  about("7.7", "The places for probes have an end as well: who comes then is told so unread.");
  production_options options = without_limits();
  options.max_connections = 1;
  served server(say_ok_at_once(), options);
  step("silent clients take all places, also those for probes");
  std::deque<raw_client> silent;
  for (std::size_t i = 0; i < 1 + connections_for_probes; ++i) silent.emplace_back(server.port());
  step("the next is turned away although it says nothing");
  raw_client next(server.port());
  EXPECT_EQ(status_of(next.read_to_end()), 503);
}

}  // namespace
}  // namespace workbook
