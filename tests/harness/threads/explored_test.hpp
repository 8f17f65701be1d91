#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "harness/threads/explore.hpp"
#include "harness/transcript.hpp"

namespace workbook::harness {

/// The base of the suites that explore: skipped, with the reason, in a build that cannot.
class explored_test : public testing::Test {
 protected:
  void SetUp() override {
    if (!explore_available()) GTEST_SKIP() << explore_unavailable_reason();
  }
};

/// @returns what to type to run one schedule of the present test again. `suite` is "stage03".
inline std::string replay_command(std::string_view suite, std::string_view schedule) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  return fmt::format("make explore-{}{} ONLY={}.{} REPLAY={}", suite.substr(suite.size() - 2),
                     suite.starts_with("solution") ? " SOLUTION=1" : "", test->test_suite_name(),
                     test->name(), schedule);
}

/// Marks the present test as skipped, and goes on.
inline void mark_as_skipped(const std::string& reason) { GTEST_SKIP() << reason; }

/// `options`, changed by the environment, and with the expectations of the present test as failures.
inline explore_options options_of_test(explore_options options) {
  options = with_environment(std::move(options));
  // The exploring process begins with the expectations that have failed here before.
  const bool failed_before = testing::Test::HasFailure();
  options.failed = [=] { return !failed_before && testing::Test::HasFailure(); };
  return options;
}

/// What an exploration means for the present test. The summary goes into the test's record.
inline testing::AssertionResult verdict_of(const explore_result& result) {
  current_transcript().explored.set(result.summary());
  if (result.passed()) return testing::AssertionSuccess();
  if (result.verdict == explore_verdict::no_verdict) {
    mark_as_skipped(result.summary());
    return testing::AssertionSuccess();
  }
  if (!current_transcript().unwritten.empty()) return testing::AssertionFailure() << result.message;
  return testing::AssertionFailure() << result.message << "\n"
                                     << result.trace << "The same schedule again:\n  "
                                     << replay_command(WORKBOOK_SUITE, result.schedule);
}

/// explore() for a test: EXPECT_TRUE(every_schedule({.preemptions = 2}, [] { … })). The body may
/// use EXPECT_… as well as explore_check(). The environment may change the options; the summary goes
/// into the test's record either way. Without a verdict the test counts as skipped, and says why.
/// In a build that cannot explore it fails: the test belongs to an explored_test, which is skipped
/// there.
inline testing::AssertionResult every_schedule(explore_options options,
                                               const std::function<void()>& body) {
  options = options_of_test(std::move(options));
  return verdict_of(explore(options, body));
}

}  // namespace workbook::harness
