#include "measurement.hpp"

#include <gtest/gtest.h>

#include "harness/story.hpp"

namespace workbook::demo {
namespace {

using namespace harness;
using namespace std::chrono_literals;

constexpr auto good_answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHi\n";

steady_clock::time_point at(milliseconds time) { return steady_clock::time_point(1h) + time; }

client_visit visit(milliseconds connected, milliseconds sent, milliseconds answered) {
  return {at(connected), at(sent), at(answered), good_answer, ""};
}

server_event event(event_kind kind, std::uint64_t connection, milliseconds time,
                   const std::string& note = "") {
  return {kind, connection, 7, at(time), note};
}

const std::vector<server_event> served{event(event_kind::accepted, 1, 1ms),
                                       event(event_kind::started, 1, 2ms),
                                       event(event_kind::finished, 1, 2000ms)};

std::string complaint_about(const client_visit& seen, const std::vector<server_event>& events) {
  try {
    (void)measure({{"/sleep"}}, {seen}, events);
    return "no complaint";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(Measurement, CountsFromTheFirstConnection) {
  about("", "Client k and connection k are the same; waiting ends when the server begins to work.");
  auto events = served;
  events.push_back(event(event_kind::started, 2, 2001ms));
  events.push_back(event(event_kind::finished, 2, 2002ms));
  step("/fast 100 ms behind /sleep");
  const auto clients = measure({{"/sleep"}, {"/fast"}},
                               {visit(0ms, 0ms, 2000ms), visit(100ms, 101ms, 2003ms)}, events);
  ASSERT_EQ(clients.size(), 2u);
  EXPECT_NEAR(waited(clients[0]).count(), 0.002, 1e-9);
  EXPECT_NEAR(waited(clients[1]).count(), 1.901, 1e-9);
  EXPECT_NEAR(total(clients[1]).count(), 1.903, 1e-9);
  EXPECT_EQ(clients[1].thread, 7u);
}

TEST(Measurement, DoesNotCountTheSendingOfASlowClient) {
  about("",
        "A client that is still sending does not wait for the server; the server waits for it.");
  step("a request that takes 1.5 s to send");
  const auto clients =
      measure({{"/", 100ms}}, {visit(0ms, 1500ms, 2010ms)},
              {event(event_kind::started, 1, 1600ms), event(event_kind::finished, 1, 2000ms)});
  EXPECT_NEAR(waited(clients[0]).count(), 0.1, 1e-9);
  const auto row = timeline_of(clients, "").rows.at(0);
  EXPECT_EQ(row.label, "client 1  /, slow");
  EXPECT_EQ(row.segments.at(0).kind, segment_kind::sending);
  EXPECT_NEAR(row.segments.at(0).to.count(), 1.5, 1e-9);
}

TEST(Measurement, RefusesEveryOtherAnswer) {
  about("", "Only a complete 200 counts; the server's own reason is passed on.");
  auto seen = visit(0ms, 0ms, 2000ms);
  step("no answer, with the reason in the server's log");
  seen.answer = "";
  EXPECT_EQ(complaint_about(seen, {event(event_kind::failed, 1, 2ms, "TODO 1.1 is not written")}),
            "Client 1 got no answer: TODO 1.1 is not written.");
  step("no answer, and nobody knows why");
  EXPECT_EQ(complaint_about(seen, {}), "Client 1 got no answer: the server closed the connection.");
  step("another status");
  seen.answer = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
  EXPECT_EQ(complaint_about(seen, served),
            "Client 1 was answered 'HTTP/1.1 503 Service Unavailable' and not 'HTTP/1.1 200 OK'.");
  step("half a body");
  seen.answer = "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nHi\n";
  EXPECT_EQ(complaint_about(seen, served),
            "Client 1 got an answer that is not as long as it says.");
  step("no connection");
  seen.error = "cannot connect";
  EXPECT_EQ(complaint_about(seen, {}), "Client 1 got no answer: cannot connect.");
}

TEST(Measurement, TakesARejectionWhereItIsAnOutcome) {
  about("", "A client that is rejected has its 503, and the server has recorded that it said so.");
  auto seen = visit(100ms, 101ms, 103ms);
  seen.answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
  const std::vector<client_plan> plans{{"/sleep"}, {"/sleep"}};
  const auto measured = [&](const std::vector<server_event>& events) {
    return measure(plans, {visit(0ms, 0ms, 2000ms), seen}, events, good_answers::also_503);
  };
  auto events = served;
  step("without the event");
  EXPECT_THROW((void)measured(events), std::runtime_error);
  step("with the event");
  events.push_back(event(event_kind::rejected, 2, 102ms));
  const auto clients = measured(events);
  EXPECT_FALSE(clients.at(0).rejected);
  EXPECT_TRUE(clients.at(1).rejected);
  EXPECT_NEAR(total(clients.at(1)).count(), 0.003, 1e-9);
  EXPECT_EQ(timeline_of(clients, "").rows.at(1).segments.at(0).kind, segment_kind::rejected);
}

TEST(Measurement, TellsTheTimeInTheServersQueue) {
  about("", "What lies between `queued` and `started` was spent in the server's own queue.");
  const auto segments = [](milliseconds queued) {
    const std::vector<server_event> events{event(event_kind::queued, 1, queued),
                                           event(event_kind::started, 1, 1000ms),
                                           event(event_kind::finished, 1, 2000ms)};
    const auto clients = measure({{"/sleep"}}, {visit(0ms, 0ms, 2000ms)}, events);
    EXPECT_NEAR(waited(clients.at(0)).count(), 1.0, 1e-9);
    return timeline_of(clients, "").rows.at(0).segments;
  };
  step("0.4 s before it came into the queue, 0.6 s in it");
  const auto long_stay = segments(400ms);
  ASSERT_EQ(long_stay.size(), 3u);
  EXPECT_EQ(long_stay[1].kind, segment_kind::queued);
  EXPECT_NEAR(long_stay[1].from.count(), 0.4, 1e-9);
  EXPECT_NEAR(long_stay[1].to.count(), 1.0, 1e-9);
  step("it only passes through the queue");
  EXPECT_EQ(segments(999ms).size(), 2u);
}

TEST(Measurement, NeedsTheServersEvents) {
  about("", "A server that answers and does not record cannot be measured, and that is said.");
  step("no `finished`");
  EXPECT_EQ(complaint_about(visit(0ms, 0ms, 2000ms), {event(event_kind::started, 1, 2ms)}),
            "Client 1 was answered, but the server has not recorded 'finished' for connection 1.");
}

}  // namespace
}  // namespace workbook::demo
