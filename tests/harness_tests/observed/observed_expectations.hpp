#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"
#include "harness_tests/threads/explore_expectations.hpp"

/// Small programs in which the explorer sees memory: wrong ones and right ones, side by side.
namespace workbook::harness {

inline constexpr auto relaxed = std::memory_order_relaxed;
inline constexpr auto acquire = std::memory_order_acquire;
inline constexpr auto release = std::memory_order_release;
inline constexpr auto acq_rel = std::memory_order_acq_rel;
inline constexpr auto seq_cst = std::memory_order_seq_cst;

/// A thread with a name in the trace.
inline std::jthread named(const char* name, std::function<void()> work) {
  return std::jthread([name, work = std::move(work)] {
    explore_name_thread(name);
    work();
  });
}

/// One of two threads does `first`, main does `second`.
inline void both(const std::function<void()>& first, const std::function<void()>& second) {
  const auto other = named("other", first);
  second();
}

inline void twice(const std::function<void()>& work) { both(work, work); }

inline const std::string long_text = "a text that does not fit into the string itself";

/// What is left out must not matter: the verdict is the same with everything tried.
inline void expect_verdict(explore_verdict expected, const std::function<void()>& body) {
  const auto result = explore({}, body);
  EXPECT_EQ(result.verdict, expected) << result.summary() << "\n" << result.trace;
  EXPECT_EQ(result.all, result.passed());
  const auto all = explore({.leaves_out_known = false}, body);
  EXPECT_EQ(all.verdict, expected) << all.summary();
  EXPECT_LE(result.schedules, all.schedules);
}

inline void expect_right(const std::function<void()>& body) {
  expect_verdict(explore_verdict::passed, body);
}
inline void expect_race(const std::function<void()>& body) {
  expect_verdict(explore_verdict::data_race, body);
}
/// No data race, but an outcome that must not be: explore_check() says so.
inline void expect_wrong(const std::function<void()>& body) {
  expect_verdict(explore_verdict::check_failed, body);
}

}  // namespace workbook::harness
