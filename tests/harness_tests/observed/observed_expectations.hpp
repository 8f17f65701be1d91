#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
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

inline void expect_race(const std::function<void()>& body) {
  expect_fails(explore_verdict::data_race, body);
}
/// No data race, but an outcome that must not be: explore_check() says so.
inline void expect_wrong(const std::function<void()>& body) {
  expect_fails(explore_verdict::check_failed, body);
}

}  // namespace workbook::harness
