#pragma once

#include <gtest/gtest.h>

#include <bounded_channel.hpp>  // of the side under test, as its suite includes it
#include <cstddef>
#include <deque>
#include <functional>
#include <ostream>
#include <utility>

#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {

/// For the messages of EXPECT_EQ(): GoogleTest alone would show the bytes of the value.
inline std::ostream& operator<<(std::ostream& out, send_result result) {
  switch (result) {
    case send_result::accepted: return out << "accepted";
    case send_result::full: return out << "full";
    case send_result::closed: return out << "closed";
  }
  return out << "no send_result";
}

/// Ends the test unless `threads` threads fall asleep in the channel: without a time limit, and
/// without checking in a loop.
inline void wait_until_asleep(std::size_t threads) {
  const bool asleep =
      harness::eventually([&] { return harness::threads_waiting_on_futex() == threads; });
  if (!asleep) {
    harness::fail_now(
        "a thread that has to wait in the channel does not sleep: it has returned, or it keeps "
        "checking in a loop");
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
    for (harness::background& thread : threads_) EXPECT_EQ(thread.wait(), "");
  }

  /// @returns what came of each, in the order in which they were added. Only after wait().
  [[nodiscard]] const std::deque<Result>& results() const { return results_; }

 private:
  std::deque<Result> results_;
  std::deque<harness::background> threads_;  // last: they write the results
};

}  // namespace workbook
