#include "measure/conclusions.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/story.hpp"
#include "measure/measurement.hpp"

namespace workbook {
namespace {

using namespace harness;

/// A run of 100 requests that were all ok, at `throughput` requests per second.
measurement run_of(const std::string& server, double throughput, load_plan plan = {10, 10, 0}) {
  measurement run{.server = server, .path = "/fast", .report = {}, .latencies = {}, .used = {}};
  run.report.plan = plan;
  run.report.outcomes.add(outcome::ok, plan.total());
  run.report.wall = std::chrono::nanoseconds(
      static_cast<long>(1e9 * static_cast<double>(plan.total()) / throughput));
  return run;
}

/// A run of 100 requests, none of which was answered.
measurement unanswered(const std::string& server) {
  measurement run = run_of(server, 1000);
  run.report.outcomes = {};
  run.report.outcomes.add(outcome::timed_out, 100);
  return run;
}

/// A run of 100 requests that were all ok, of which none took longer than `time`.
measurement run_within(const std::string& server, std::chrono::nanoseconds time) {
  measurement run = run_of(server, 1000);
  run.latencies = latency_summary{.count = 100, .p99 = time};
  return run;
}

/// The conclusion that begins with `what`.
std::string about_quantity(const std::vector<compared_row>& rows, const std::string& what) {
  for (const std::string& sentence : conclude(rows)) {
    if (sentence.starts_with(what)) return sentence;
  }
  return "nothing is said about it";
}

/// The conclusion about throughput, of two runs for each server.
std::string about_throughput(double fast_1, double fast_2, double slow_1, double slow_2) {
  return about_quantity(
      compare({run_of("A", fast_1), run_of("B", slow_1), run_of("A", fast_2), run_of("B", slow_2)}),
      "Throughput");
}

TEST(Conclusions, FollowTheNumbers) {
  about("", "A conclusion that does not change when the ranking changes is a literal, no result.");
  step("A has 1000 and 1100 requests/s, B has 400 and 500");
  EXPECT_EQ(about_throughput(1000, 1100, 400, 500),
            "Throughput: A (1000 requests/s), more than B (400 requests/s).");
  step("the other way round");
  EXPECT_EQ(about_throughput(400, 500, 1000, 1100),
            "Throughput: B (1000 requests/s), more than A (400 requests/s).");
  step("small numbers, one of them whole");
  EXPECT_EQ(about_throughput(50, 50, 7.5, 7.5),
            "Throughput: A (50 requests/s), more than B (7.5 requests/s).");
}

TEST(Conclusions, CallServersDifferentOnlyOutsideOfTheirSpread) {
  about("", "Two runs differ always. Servers whose spreads overlap have not been told apart.");
  step("A has 900 to 1100 requests/s, B has 800 to 950");
  EXPECT_EQ(about_throughput(1100, 900, 950, 800),
            "Throughput: A (900 requests/s), about the same as B (800 requests/s).");
}

TEST(Conclusions, CallTheFirstAndTheLastDifferent) {
  about("",
        "To be about the same is not handed on: each of three servers may overlap with the next, "
        "and the first be far above the last. Each is compared with the first.");
  const auto conclusion = [](std::vector<double> a, std::vector<double> b, std::vector<double> c) {
    std::vector<measurement> runs;
    for (std::size_t i = 0; i < a.size(); ++i) {
      runs.push_back(run_of("A", a[i]));
      runs.push_back(run_of("B", b[i]));
      runs.push_back(run_of("C", c[i]));
    }
    return about_quantity(compare(runs), "Throughput");
  };
  step("A overlaps with B, and B with C, but A does not with C");
  EXPECT_EQ(conclusion({4000, 6000}, {1500, 4500}, {1000, 2000}),
            "Throughput: A (4000 requests/s), about the same as B (1500 requests/s), more than C "
            "(1000 requests/s).");
  step("B and C are below A, and overlap");
  EXPECT_EQ(conclusion({4000, 6000}, {1500, 2500}, {1000, 2000}),
            "Throughput: A (4000 requests/s), more than B (1500 requests/s) and C (1000 "
            "requests/s); B, about the same as C.");
  step("none overlaps");
  EXPECT_EQ(conclusion({4000, 6000}, {2500, 3000}, {1000, 2000}),
            "Throughput: A (4000 requests/s), more than B (2500 requests/s) and C (1000 "
            "requests/s); B, more than C.");
}

TEST(Conclusions, NeedTwoRuns) {
  about("",
        "One run of each server: the numbers differ always, and nothing tells whether that is the "
        "server or chance.");
  step("A has 1000 requests/s, B has 400, both in a single run");
  EXPECT_EQ(
      conclude(compare({run_of("A", 1000), run_of("B", 400)})),
      (std::vector<std::string>{"Each server ran once: what differs may be chance. Repeat it."}));
}

TEST(Conclusions, RankNobodyByTimesThatDoNotExist) {
  about("",
        "A server that answers nothing is not the quickest: no request was ok, so there is no time "
        "to compare.");
  using namespace std::chrono_literals;
  const std::string p99 = "99 % of the requests took at most";
  step("A takes 5 ms, B answers nothing; two runs each");
  const auto rows =
      compare({run_within("A", 5ms), unanswered("B"), run_within("A", 5ms), unanswered("B")});
  EXPECT_EQ(about_quantity(rows, p99), p99 + ": A (5 ms).");
  step("neither answers anything");
  const auto silent = compare({unanswered("A"), unanswered("B"), unanswered("A"), unanswered("B")});
  EXPECT_EQ(about_quantity(silent, p99), "nothing is said about it");
}

TEST(Conclusions, NeedEqualTreatment) {
  about("",
        "Other numbers of clients or requests, another path, more repetitions: rows that differ in "
        "more than the server cannot be compared.");
  step("other plans");
  EXPECT_THROW((void)compare({run_of("A", 1, {10, 10, 0}), run_of("B", 1, {20, 5, 0})}),
               std::invalid_argument);
  step("another path");
  measurement other_path = run_of("B", 1);
  other_path.path = std::string("/");
  EXPECT_THROW((void)compare({run_of("A", 1), other_path}), std::invalid_argument);
  step("another number of repetitions");
  EXPECT_THROW((void)compare({run_of("A", 1), run_of("B", 1), run_of("B", 1)}),
               std::invalid_argument);
}

TEST(Conclusions, SayWhatFailed) {
  about("", "Failures come first: a server that refuses everything is fast.");
  step("A refuses 30 of 100 requests");
  measurement run = run_of("A", 1000);
  run.report.outcomes = {};
  run.report.outcomes.add(outcome::ok, 70);
  run.report.outcomes.add(outcome::http_error, 30);
  EXPECT_EQ(
      conclude(compare({run})).front(),
      "A: not all of 100 requests were ok: 30 http error. Its other numbers are of the rest.");
}

TEST(Conclusions, TellWhoAnswersBesideSlowRequests) {
  about("", "The table of head-of-line blocking, as sentences.");
  step("a pool of two, and a thread for each");
  const std::vector<head_of_line_count> table{
      {"pool", 0, 6, 6}, {"pool", 1, 6, 6}, {"pool", 2, 6, 0}, {"naive", 0, 6, 6}};
  EXPECT_EQ(conclude(table),
            (std::vector<std::string>{
                "pool answers 6 of 6 with 0 to 1 slow requests inside, 0 of 6 with 2.",
                "naive answers 6 of 6 with 0 slow requests inside."}));
}

}  // namespace
}  // namespace workbook
