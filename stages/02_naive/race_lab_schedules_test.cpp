// The two wrong counters of the race lab under every schedule: what `make race-02` shows.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <race_lab.hpp>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class RaceLabSchedules : public explored_test {};

/// Counts up on two threads under every schedule, and prints the first in which something is wrong.
template <class Counter>
explore_verdict count_up_twice() {
  const explore_result result = explore({}, [] {
    Counter counter;
    {
      const auto other = named_thread("other", [&] { counter.add(+1); });
      counter.add(+1);
    }
    explore_check(counter.left() == 2, "two counted up, and the count is not 2");
  });
  fmt::print("\n{}\n{}\n", result.summary(), result.trace);
  return result.verdict;
}

TEST_F(RaceLabSchedules, ThePlainCounterIsADataRace) {
  about("",
        "`value_ += d` on a long is a read and a write, and nothing orders those of two threads.");
  step("two threads count up, under every schedule");
  EXPECT_EQ(count_up_twice<plain_counter>(), explore_verdict::data_race);
}

TEST_F(RaceLabSchedules, TheSplitCounterLosesACount) {
  about("",
        "`value_ = value_ + d` on an atomic is two steps: another thread can count in between.");
  step("two threads count up, under every schedule");
  EXPECT_EQ(count_up_twice<split_counter>(), explore_verdict::check_failed);
}

}  // namespace
}  // namespace workbook
