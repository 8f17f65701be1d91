#include <gtest/gtest.h>

#include <chrono>
#include <latency.hpp>
#include <numeric>
#include <optional>
#include <vector>

#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;
using std::chrono::nanoseconds;

/// 1 ns, 2 ns ... `last` ns.
std::vector<nanoseconds> times_up_to(int last) {
  std::vector<nanoseconds> times;
  for (int ns = 1; ns <= last; ++ns) times.emplace_back(ns);
  return times;
}

TEST(Latency, SaysNothingAboutNoTimes) {
  about("4.1", "If there are no times, there is no mean and no longest time: 0 ms would be a lie.");
  step("no times");
  EXPECT_EQ(summarize({}).has_value(), false);
}

TEST(Latency, OfOneTimeEverythingIsThatTime) {
  about("4.1", "The smallest case: every percentile of one time is that time.");
  step("one time of 7 ns");
  const auto summary = summarize({nanoseconds(7)});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->count, 1u);
  for (const nanoseconds time :
       {summary->min, summary->p50, summary->p90, summary->p99, summary->max}) {
    EXPECT_EQ(time.count(), 7);
  }
}

TEST(Latency, PercentilesAreNearestRanks) {
  about("4.1",
        "Nearest rank: of n times in order, p90 is number ceil(0.90 * n), counting from 1. It is a "
        "time that was measured, not a value between two of them.");
  step("1 ... 100 ns");
  const auto hundred = summarize(times_up_to(100));
  ASSERT_TRUE(hundred);
  EXPECT_EQ(hundred->p50.count(), 50);
  EXPECT_EQ(hundred->p90.count(), 90);
  EXPECT_EQ(hundred->p99.count(), 99);
  step("1 ... 10 ns: 99 % of ten is more than nine, so p99 is the tenth");
  const auto ten = summarize(times_up_to(10));
  ASSERT_TRUE(ten);
  EXPECT_EQ(ten->p50.count(), 5);
  EXPECT_EQ(ten->p90.count(), 9);
  EXPECT_EQ(ten->p99.count(), 10);
  step("1 ... 11 ns: the ranks are 5.5, 9.9 and 10.89, rounded up");
  const auto eleven = summarize(times_up_to(11));
  ASSERT_TRUE(eleven);
  EXPECT_EQ(eleven->p50.count(), 6);
  EXPECT_EQ(eleven->p90.count(), 10);
  EXPECT_EQ(eleven->p99.count(), 11);
  step("1 ... 16 ns: the ranks are 8, 14.4 and 15.84; 14.4 is rounded up too");
  const auto sixteen = summarize(times_up_to(16));
  ASSERT_TRUE(sixteen);
  EXPECT_EQ(sixteen->p50.count(), 8);
  EXPECT_EQ(sixteen->p90.count(), 15);
  EXPECT_EQ(sixteen->p99.count(), 16);
}

TEST(Latency, TheOrderDoesNotMatter) {
  about("4.1", "The times come in the order of the clients, not sorted by length.");
  step("30, 10, 20 ns");
  const auto summary = summarize({nanoseconds(30), nanoseconds(10), nanoseconds(20)});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->min.count(), 10);
  EXPECT_EQ(summary->p50.count(), 20);
  EXPECT_EQ(summary->max.count(), 30);
}

TEST(Latency, TheMeanKeepsItsFraction) {
  about("4.1",
        "Dividing whole numbers drops the fraction: the mean of 1 ns and 2 ns is 1.5 ns, not 1 ns. "
        "The unit is still nanoseconds.");
  step("1 ns and 2 ns");
  const auto summary = summarize({nanoseconds(1), nanoseconds(2)});
  ASSERT_TRUE(summary);
  EXPECT_DOUBLE_EQ(summary->mean.count(), 1.5);
}

}  // namespace
}  // namespace workbook
