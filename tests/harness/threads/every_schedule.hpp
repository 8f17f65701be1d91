#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <iostream>

#include "harness/threads/explore.hpp"

namespace workbook::harness {

/// explore() for a test: EXPECT_TRUE(every_schedule({.preemptions = 2}, [] { … })). The body may
/// use EXPECT_… as well as explore_check(). The environment may change the options; the summary is
/// printed either way. In a build that cannot explore it fails, so begin the test with
///   if (!explore_available()) GTEST_SKIP() << explore_unavailable_reason();
inline testing::AssertionResult every_schedule(explore_options options,
                                               const std::function<void()>& body) {
  options = with_environment(std::move(options));
  // The exploring process begins with the expectations that have failed here before.
  const bool failed_before = testing::Test::HasFailure();
  options.failed = [=] { return !failed_before && testing::Test::HasFailure(); };
  const explore_result result = explore(options, body);
  std::cout << result.summary() << "\n";
  if (result.passed()) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << result.message << "\n"
         << result.story << "  schedule " << result.schedule
         << "  (the same again: WORKBOOK_EXPLORE_REPLAY=" << result.schedule << ")";
}

}  // namespace workbook::harness
