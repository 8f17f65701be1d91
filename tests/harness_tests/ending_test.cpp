// However a test ends, its verdict names it.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/io_probes.hpp"
#include "harness/sanitizers.hpp"
#include "harness/story.hpp"
#include "victim.hpp"

namespace workbook::harness {
namespace {

void expect_failure(const std::string& victim, const std::vector<std::string>& words) {
  const auto result = run_victim(victim);
  EXPECT_EQ(result.exit_code, 1) << result.output;
  for (const auto& expected : words) {
    EXPECT_TRUE(result.says(expected)) << "expected: " << expected << "\nin: " << result.output;
  }
}

TEST(Ending, APassedTestIsOneLine) {
  const auto result = run_victim("Ending.Passed");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output, "victims.Ending.Passed  passed\n");
}

TEST(Ending, OnlyATestThatCameToItsEndGivesTheWordBack) {
  const auto passed = record_of_victim("Ending.Passed", "a-word");
  EXPECT_TRUE(passed.says(R"("status":"passed")")) << passed.output;
  EXPECT_TRUE(passed.says(R"("proof":"a-word")")) << passed.output;
  const auto left = record_of_victim("Ending.ExitInTheMiddle", "a-word");
  EXPECT_TRUE(left.says(R"("status":"failed")")) << left.output;
  EXPECT_TRUE(left.says(R"("end":"early")")) << left.output;
  EXPECT_FALSE(left.says("a-word")) << left.output;
}

TEST(Ending, ASkippedTestSaysWhy) {
  const auto result = run_victim("Ending.Skipped");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output, "[  SKIPPED ] victims.Ending.Skipped: this build cannot look inside\n");
}

TEST(Ending, AFailedAssertionTellsTheWholeStory) {
  expect_failure("Ending.FailedAssertion", {"victims.Ending.FailedAssertion\n"
                                            "  FAILED\n"
                                            "  1. a body of three bytes\n"
                                            "  2. is written <- here\n",
                                            "bytes in the body\n       (deaths.cpp:",
                                            "  What this means: The length is that of the body.\n"
                                            "  TODO 1.2 · make hint-01 TODO=1.2\n"});
}

TEST(Ending, AnExceptionIsQuoted) { expect_failure("Ending.Exception", {"the head is too long"}); }

TEST(Ending, AnExceptionBesideTheTestIsQuotedToo) {
  expect_failure(
      "Ending.ExceptionBesideTheTest",
      {"An exception escaped from the code that ran beside the test: 'stoul: no conversion'"});
}

TEST(Ending, AnUnwrittenTodoIsNamedAndNothingElseIsSaid) {
  for (const auto* where : {"", "OnAnotherThread", "OnAThreadOfTheLearner"}) {
    const auto result = run_victim(std::string("Ending.NotWritten") + where);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_TRUE(result.says("is not written yet (")) << result.output;
    EXPECT_FALSE(result.says("Nobody should see this sentence")) << result.output;
    EXPECT_TRUE(result.says("make hint-0")) << result.output;
  }
}

TEST(Ending, AnExceptionOutOfAThreadIsQuoted) {
  expect_failure("Ending.ExceptionOutOfAThread", {"killed by SIGABRT", "no such file"});
}

TEST(Ending, AJoinableThreadThatIsDestroyedIsNamed) {
  expect_failure("Ending.JoinableThreadDestroyed", {"killed by SIGABRT", "while it was joinable"});
}

TEST(Ending, SigpipeSaysWhatToDo) {
  expect_failure("Ending.Sigpipe", {"FAILED (killed by SIGPIPE)", "MSG_NOSIGNAL"});
}

TEST(Ending, ASignalHasItsName) {
  expect_failure("Ending.Abort", {"FAILED (killed by SIGABRT)"});
  expect_failure("Ending.Segv", {address_sanitizer || thread_sanitizer ? "SEGV" : "SIGSEGV"});
}

TEST(Ending, AServerThatEndsUnaskedEndsItsTest) {
  expect_failure("Ending.ServerThrows", {"run() threw", "out of patience"});
  expect_failure("Ending.ServerReturns", {"run() returned although no stop was requested"});
}

TEST(Ending, ALoopOfCallsEndsAtItsLimit) {
  if (!io_probes_available()) GTEST_SKIP() << "this build cannot probe calls";
  expect_failure("Ending.TooManyCalls", {"100 calls of send are enough for three bytes"});
}

TEST(Ending, AnExitInTheMiddleIsNoSuccess) {
  expect_failure("Ending.ExitInTheMiddle", {"the process ended before the test did"});
}

TEST(Ending, TheNewestStepIsAlwaysTold) {
  expect_failure("Ending.MoreStepsThanFit",
                 {"  1. step number 1\n", "  30. step number 30 <- here"});
}

TEST(Ending, ASanitizersReportHasAName) {
  if (!address_sanitizer) GTEST_SKIP() << "this build is without AddressSanitizer";
  expect_failure("Sanitizer.UseAfterFree", {"heap-use-after-free", "FAILED (memory error)"});
  expect_failure("Sanitizer.Overflow", {"signed integer overflow", "FAILED (memory error)"});
}

TEST(Ending, NoLeakIsPassedOver) {
  if (!address_sanitizer) GTEST_SKIP() << "this build is without AddressSanitizer";
  expect_failure("Sanitizer.Leak", {"100 byte(s) leaked", "FAILED (memory leak)"});
  expect_failure("Sanitizer.LeakInPlaceOfAnOlderBlock",
                 {"100 byte(s) leaked", "FAILED (memory leak)"});
  expect_failure("Sanitizer.LeakOfAThread", {"25 byte(s) leaked", "FAILED (memory leak)"});
  expect_failure("Sanitizer.LeakOfAStaticObject", {"21 byte(s) leaked", "FAILED (memory leak)"});
}

// When the test is over, leaks are looked for: that must not come between a thread and its report.
TEST(Ending, ASanitizersReportOnAThreadThatWasLeftBehindIsWhole) {
  if (!address_sanitizer) GTEST_SKIP() << "this build is without AddressSanitizer";
  expect_failure("Sanitizer.UseAfterFreeByAThreadLeftBehind",
                 {"heap-use-after-free", "deaths.cpp", "FAILED (memory error)"});
}

TEST(Ending, ADataRaceHasAName) {
  if (!thread_sanitizer) GTEST_SKIP() << "this build is without ThreadSanitizer";
  allow_time(std::chrono::seconds(10));
  expect_failure("Sanitizer.DataRace", {"WARNING: ThreadSanitizer", "FAILED (data race)"});
}

TEST(Program, RunsManyTestsAndCounts) {
  const auto result = run_victim("Ending.Passed:Ending.Skipped:Ending.Abort");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(result.says("1 passed, 1 failed, 1 skipped\n")) << result.output;
}

TEST(Program, SaysWhenNoTestMatches) {
  const auto result = run_victim("Ending.NoSuchTest");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.output, "No test matches 'Ending.NoSuchTest'.\n");
}

}  // namespace
}  // namespace workbook::harness
