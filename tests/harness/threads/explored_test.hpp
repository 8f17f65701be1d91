#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

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

/// Starts a thread of an explored scenario, which the trace calls `name` (a string literal).
[[nodiscard]] inline std::jthread named_thread(const char* name, std::function<void()> work) {
  return std::jthread([name, work = std::move(work)] {
    explore_name_thread(name);
    work();
  });
}

/// @returns what to type to run one schedule of the present test again. `suite` is "stage03"; a program that
/// is no stage's is told by its environment.
inline std::string replay_command(std::string_view suite, std::string_view schedule) {
  if (suite.find_first_of("0123456789") == suite.npos) {
    return fmt::format("export WORKBOOK_EXPLORE_REPLAY={}", schedule);
  }
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

/// explore() for a test. The body may use EXPECT_… as well as explore_check(). The environment may
/// change the options; the summary goes into the test's record either way. Without a verdict the test
/// counts as skipped, and says why. In a build that cannot explore it fails: the test belongs to an
/// explored_test, which is skipped there.
inline testing::AssertionResult every_schedule(explore_options options,
                                               const std::function<void()>& body) {
  options = options_of_test(std::move(options));
  return verdict_of(explore(options, body));
}

/// The same as an expectation: expect_every_schedule({.preemptions = 2}, [] { … }). It is no macro
/// because compilers give all that stands in a macro's parentheses one line number, and a schedule
/// tells its steps by their lines.
inline void expect_every_schedule(explore_options options, const std::function<void()>& body,
                                  const char* file = __builtin_FILE(),
                                  int line = __builtin_LINE()) {
  const auto outcome = every_schedule(std::move(options), body);
  if (!outcome) ADD_FAILURE_AT(file, line) << outcome.message();
}

}  // namespace workbook::harness
