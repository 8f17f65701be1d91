#include "measure/load_report.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

/// 3 clients with 4 requests each; 9 of the 12 were ok, in 2 s.
load_report nine_of_twelve() {
  load_report report;
  report.plan = {.clients = 3, .requests = 4};
  report.wall = 2s;
  report.outcomes.add(outcome::ok, 9);
  report.outcomes.add(outcome::timed_out, 3);
  return report;
}

void expect_says(const std::string& text, const std::string& wanted) {
  EXPECT_NE(text.find(wanted), text.npos) << text << "does not say: " << wanted;
}

TEST(LoadReport, SaysWhatWasAsked) {
  about(
      "",
      "A report prints its own parameters: a heading that says 1000 above a run of 100 is a lie.");
  step("3 clients with 4 requests each");
  expect_says(to_text(nine_of_twelve(), "127.0.0.1:7880/fast", {}), "3 clients x 4 requests");
}

TEST(LoadReport, SharesAreOfWhatWasAsked) {
  about("", "Requests without an answer belong to the total: 9 of 12 are 75 %, not 100 % of 9.");
  step("9 of 12 requests were ok");
  const std::string text = to_text(nine_of_twelve(), "127.0.0.1:7880/fast", {});
  expect_says(text, "ok                             9   75.0 %");
  expect_says(text, "timed out                      3   25.0 %");
}

TEST(LoadReport, ThroughputCountsSuccesses) {
  about("", "Throughput is successful requests per second: what timed out was not served.");
  step("9 of 12 requests were ok, in 2 s");
  EXPECT_DOUBLE_EQ(nine_of_twelve().throughput(), 4.5);
}

TEST(LoadReport, MillisecondsAreMilliseconds) {
  about("", "The unit that was printed did not fit the number in front of it.");
  latency_summary latencies{.count = 1};
  latencies.p50 = 1500us;
  step("a p50 of 1 500 000 ns");
  expect_says(to_text(nine_of_twelve(), "127.0.0.1:7880/fast", latencies), "p50 1.500 ms");
}

TEST(LoadReport, SaysThatARateWasNotKept) {
  about("",
        "If you read the latencies of an open loop, you need to know whether the rate was kept.");
  load_report report = nine_of_twelve();
  report.plan.rate = 100;
  report.late = 7;
  report.reached_rate = 41.25;
  step("sent late: 7 requests");
  expect_says(to_text(report, "127.0.0.1:7880/fast", {}), "sent late: 7 requests");
  expect_says(to_text(report, "127.0.0.1:7880/fast", {}), "41.2 requests/s");
  expect_says(to_json(report, "127.0.0.1:7880/fast", {}), "\"late\":7");
  step("none was late: the report does not mention it");
  report.late = 0;
  EXPECT_EQ(to_text(report, "127.0.0.1:7880/fast", {}).find("sent late"), std::string::npos);
}

TEST(LoadReport, SaysThatLatenciesAreMissing) {
  about("", "If the percentiles cover only some of the requests, the report says so.");
  step("9 requests were ok, and there was memory for the times of 5");
  expect_says(to_text(nine_of_twelve(), "127.0.0.1:7880/fast", latency_summary{.count = 5}),
              "latencies of 5 requests");
}

}  // namespace
}  // namespace workbook
