// What the test program tells about an exploration, and how a schedule is run again.

#include "harness/threads/explored_test.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "harness/story.hpp"
#include "victim.hpp"

namespace workbook::harness {
namespace {

class ExploreTold : public explored_test {};

/// Fails under each schedule in which the other thread comes between.
void fails_when_interrupted() {
  std::atomic<bool> seen = false;
  std::jthread other([&] { seen = true; });
  explore_point("look");
  explore_check(!seen, "the other thread came between");
}

TEST_F(ExploreTold, AnUnwrittenTodoIsNamedAndNoSanitizerIsBlamed) {
  const auto result = run_victim("Explored.NotWritten");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(result.says("TODO 3.4 is not written yet (")) << result.output;
  EXPECT_FALSE(result.says("sanitizer")) << result.output;
  EXPECT_FALSE(result.says("Nobody should see this sentence")) << result.output;
}

TEST_F(ExploreTold, ALongStoryIsToldToItsEnd) {
  const auto result = run_victim("Explored.FailsAtTheEndOfALongStory");
  EXPECT_EQ(result.exit_code, 1);
  for (const char* words : {"steps left out", "the last step", "  FAILED\n", "REPLAY=-\n"}) {
    EXPECT_TRUE(result.says(words)) << words << "\nin: " << result.output;
  }
  EXPECT_FALSE(result.says("Value of:")) << "the source of the body is no news:\n" << result.output;
  EXPECT_FALSE(result.says("Failed\n")) << "nor is that it failed:\n" << result.output;
}

TEST_F(ExploreTold, WhatCannotBeExploredIsSkippedWithItsReason) {
  allow_time(std::chrono::seconds(60));  // the loop is watched for more than a second of its own
  const auto result = run_victim("Explored.GoesRoundALoop");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(
      result.says("[  SKIPPED ] victims.Explored.GoesRoundALoop: cannot be explored: main "
                  "loops without taking a step at tests/harness_tests/victims/"))
      << result.output;
}

TEST_F(ExploreTold, AReplayIsOneSchedule) {
  const auto found = explore({}, fails_when_interrupted);
  EXPECT_EQ(found.verdict, explore_verdict::check_failed) << found.summary();
  const auto again = explore({.replay = found.schedule}, fails_when_interrupted);
  EXPECT_EQ(again.summary(), "this one schedule: fails, the other thread came between");
  const auto harmless = explore({.replay = "-"}, fails_when_interrupted);
  EXPECT_EQ(harmless.summary(), "this one schedule: no failure");
}

TEST_F(ExploreTold, AReplayOfOtherCodeIsSaidToBeOne) {
  const auto result = explore({.replay = "0:30000"}, fails_when_interrupted);
  EXPECT_EQ(result.verdict, explore_verdict::nondeterministic) << result.summary();
  EXPECT_NE(result.message.find("this schedule does not fit"), std::string::npos) << result.message;
}

TEST(ExploreOptions, ANumberWithAPlusIsAdded) {
  ::setenv("WORKBOOK_EXPLORE_PREEMPTIONS", "+1", 1);
  EXPECT_EQ(with_environment({.preemptions = 3}).preemptions, 4);
  ::setenv("WORKBOOK_EXPLORE_PREEMPTIONS", "1", 1);
  EXPECT_EQ(with_environment({.preemptions = 3}).preemptions, 1);
}

}  // namespace
}  // namespace workbook::harness
