// What a result claims, and that it can be had again: replays, repetitions, budgets.
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "explore_expectations.hpp"
#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"

namespace {

using namespace workbook::harness;

class ExploreAgain : public explored_test {};

TEST_F(ExploreAgain, AReplayReproducesTheStory) {
  const auto body = [] { two_locks(false); };
  const auto found = explore({}, body);
  const auto again = explore({.preemptions = 0, .surprises = 0, .replay = found.schedule}, body);
  EXPECT_EQ(again.verdict, found.verdict);
  EXPECT_EQ(again.message, found.message);
  EXPECT_EQ(again.schedule, found.schedule);
  EXPECT_EQ(again.trace, found.trace);
  const auto harmless = explore({.replay = "-"}, [] { two_locks(true); });
  EXPECT_TRUE(harmless.passed());
  EXPECT_EQ(harmless.schedules, 1);
}

TEST_F(ExploreAgain, TheSameFailureIsFoundEveryTime) {
  const auto body = [] { two_locks(false); };
  const auto first = explore({}, body);
  for (int i = 0; i < 5; ++i) {
    const auto again = explore({}, body);
    EXPECT_EQ(again.schedule, first.schedule);
    EXPECT_EQ(again.schedules, first.schedules);
    EXPECT_EQ(again.trace, first.trace);
  }
}

TEST_F(ExploreAgain, ABudgetThatWasReachedIsSaid) {
  const auto result = explore({.max_schedules = 7}, [] { two_locks(true); });
  EXPECT_TRUE(result.passed());
  EXPECT_FALSE(result.all);
  EXPECT_EQ(result.schedules, 7);
  EXPECT_EQ(result.summary(),
            "the first 7 schedules, at most 2 preemptions and 1 surprise, budget reached, there "
            "are more: no failure so far");
}

TEST_F(ExploreAgain, NoTimeMeansNoClaim) {
  const auto result = explore({.max_time = std::chrono::milliseconds(0)}, [] { two_locks(true); });
  EXPECT_FALSE(result.all);
}

TEST_F(ExploreAgain, AReplayThatIsNoScheduleIsRefused) {
  for (const char* text : {"x", "1", "1:", "1:2,", "1:2;3:4", "-1:2", "99999999:1"}) {
    EXPECT_THROW(static_cast<void>(explore({.replay = text}, [] {})), std::invalid_argument)
        << text;
  }
}

}  // namespace
