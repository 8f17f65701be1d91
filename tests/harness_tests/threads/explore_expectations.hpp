#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <thread>

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

inline void take_both(std::mutex& first, std::mutex& second) {
  const std::lock_guard outer(first);
  const std::lock_guard inner(second);
}

/// Two threads lock two mutexes, in the same order or not: then a schedule of them hangs.
inline void two_locks(bool same_order) {
  std::mutex left, right;
  explore_name(&left, "left");
  explore_name(&right, "right");
  std::thread other([&] {
    explore_name_thread("other");
    same_order ? take_both(left, right) : take_both(right, left);
  });
  take_both(left, right);
  other.join();
}

}  // namespace workbook::harness
