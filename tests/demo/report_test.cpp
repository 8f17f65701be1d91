#include "report.hpp"

#include <gtest/gtest.h>

#include "harness/story.hpp"

namespace workbook::demo {
namespace {

using namespace harness;
using namespace std::chrono_literals;

client_measurement client(const std::string& request, timeline_time connected,
                          timeline_time started, timeline_time finished) {
  return {request, false, connected, connected, started, finished, finished + 1ms, 1};
}

/// /sleep takes 2 s; the others arrive at 100 and 200 ms and begin to be served at these times.
std::vector<client_measurement> clients(timeline_time second, timeline_time third) {
  return {client("/sleep", 0s, 0s, 2s), client("/fast", 100ms, second, second + 1ms),
          client("/fast", 200ms, third, third + 1ms)};
}

TEST(Report, NamesThoseWhoWaitedForTheFirst) {
  about("", "Waiting counts as blocked from 90 % of what was left of the first client's service.");
  step("one after the other");
  EXPECT_EQ(conclusion(clients(2s, 2001ms)),
            "Clients 2 and 3 waited for client 1: head-of-line blocking.");
  step("one of them beside it");
  EXPECT_EQ(conclusion(clients(101ms, 2s)), "Client 3 waited for client 1: head-of-line blocking.");
  step("just under 90 %");
  EXPECT_EQ(conclusion(clients(101ms, 1800ms)),
            "Client 3 waited, but not until client 1 had its answer.");
  step("all at once");
  EXPECT_EQ(conclusion(clients(101ms, 201ms)), "No client waited for another.");
}

TEST(Report, TellsWaitingFromTotal) {
  about("", "The table has a line for each client, in milliseconds.");
  step("three clients");
  EXPECT_EQ(table(clients(2s, 2001ms)), R"(client  request            waited      total
     1  /sleep            0.000 s    2.001 s
     2  /fast             1.900 s    1.902 s
     3  /fast             1.801 s    1.803 s
)");
}

client_measurement rejected(timeline_time connected) {
  auto refused = client("/sleep", connected, 0s, 0s);
  refused.answered = connected + 2ms;
  refused.rejected = true;
  return refused;
}

TEST(Report, TellsWhoWasServedAndWhoWasRejected) {
  about("", "Of an overloaded server: each answer, and how many had which.");
  experiment_result result{"server", {client("/sleep", 0s, 0s, 2s), rejected(100ms)}, 0};
  step("one of two is rejected");
  EXPECT_EQ(overload_table(result.clients), R"(client  request       answer      after
     1  /sleep           200    2.001 s
     2  /sleep           503    0.002 s
)");
  EXPECT_EQ(overload_conclusion(result),
            "1 of 2 clients were served, the slowest after 2.001 s; 1 read 503, the slowest after "
            "0.002 s; at most 0 waited in the kernel's backlog.");
  step("nobody is rejected, three wait in the kernel");
  result = {"server", clients(2s, 2001ms), 3};
  EXPECT_EQ(overload_conclusion(result),
            "3 of 3 clients were served, the slowest after 2.001 s; nobody was rejected; at most 3 "
            "waited in the kernel's backlog.");
}

TEST(Report, KeepsTo80ColumnsWithFiveClients) {
  about("", "The summary of five clients and the longest name is not wider than a terminal.");
  auto five = clients(2s, 2001ms);
  five.insert(five.end(), 2, five.back());
  step("the length of each line");
  const std::string text = summary({{"solution03_server", five}});
  EXPECT_LE(text.find('\n'), 80u) << text;
  EXPECT_EQ(text.size(), 2 * (text.find('\n') + 1)) << text;
}

TEST(Report, PutsServersSideBySide) {
  about("", "The summary has a line for each server, with its sum.");
  step("two servers");
  EXPECT_EQ(summary({{"one", clients(2s, 2001ms)}, {"another", clients(101ms, 201ms)}}),
            R"(waited     client 1    client 2    client 3    together
one         0.000 s     1.900 s     1.801 s     3.701 s
another     0.000 s     0.001 s     0.001 s     0.002 s
)");
}

}  // namespace
}  // namespace workbook::demo
