// The detectors of hangs are silent about tests that are right, however slow.

#include <gtest/gtest.h>

#include "harness/story.hpp"
#include "victim.hpp"

namespace workbook::harness {
namespace {

class Patience : public testing::TestWithParam<const char*> {};

TEST_P(Patience, With) {
  allow_time(std::chrono::seconds(20));
  const auto result = run_victim(std::string("Patience.") + GetParam());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(result.says("  passed")) << result.output;
}

INSTANTIATE_TEST_SUITE_P(Slow, Patience,
                         testing::Values("Computes", "WaitsWithATimeLimitAgainAndAgain",
                                         "WaitsForALongTimeWithALimit", "ALoopWaitsForItsTimer",
                                         "ReceivesWithATimeLimit", "SleepsWhileTheOtherWaits",
                                         "PingPong", "OneWorksWhileManyWait",
                                         "WaitsForAProcessThatItStarted", "AManyThreadedStart"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace workbook::harness
