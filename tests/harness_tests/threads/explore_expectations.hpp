#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "harness/threads/explore.hpp"

namespace workbook::harness {

/// All schedules of `body` pass, and there are several.
inline void expect_passes(const std::function<void()>& body) {
  const auto result = explore({}, body);
  EXPECT_TRUE(result.passed() && result.all) << result.summary() << "\n" << result.trace;
  EXPECT_GT(result.schedules, 1);
}

/// A schedule of `body` fails, in this way.
inline explore_result expect_fails(explore_verdict verdict, const std::function<void()>& body) {
  const auto result = explore({}, body);
  EXPECT_EQ(result.verdict, verdict) << result.summary() << "\n" << result.trace;
  return result;
}

}  // namespace workbook::harness
