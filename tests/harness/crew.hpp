#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>

#include "harness/background.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"

namespace workbook::harness {

/// Ends the test unless `threads` threads come to sleep in the channel: without a time limit, and
/// without looking again and again.
inline void wait_until_asleep(std::size_t threads) {
  const bool asleep = eventually([&] { return threads_waiting_on_futex() == threads; });
  if (!asleep) {
    fail_now(
        "a thread that has to wait in the channel does not sleep: it has come back, or it looks "
        "again and again");
  }
}

/// Receivers (or senders) on threads of their own, and what came of each.
template <class Result>
class crew {
 public:
  void add(std::function<Result()> work) {
    Result& result = results_.emplace_back();
    threads_.emplace_back([&result, work = std::move(work)] { result = work(); });
  }

  /// Blocks until all have come back; fails the test for each that has thrown.
  void wait() {
    for (background& thread : threads_) EXPECT_EQ(thread.wait(), "");
  }

  /// @returns what came of each, in the order in which they were added. Only after wait().
  [[nodiscard]] const std::deque<Result>& results() const { return results_; }

 private:
  std::deque<Result> results_;
  std::deque<background> threads_;  // last: they write the results
};

}  // namespace workbook::harness
