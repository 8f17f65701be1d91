// Interruptions after each instruction: they find what is not one step, and come to an end.

#include "harness/interrupt_everywhere.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <shared_mutex>

namespace workbook::harness {
namespace {

class InterruptEverywhere : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_interrupt_everywhere()) GTEST_SKIP() << "this build cannot stop after an instruction";
  }
};

TEST_F(InterruptEverywhere, FindsTwoStepsAlways) {
  for (int time = 0; time < 10; ++time) {
    std::atomic<int> count = 0;
    const int others = interrupt_everywhere([&] { count = count + 1; }, [&] { ++count; });
    EXPECT_LT(count, 1 + others) << "no increment was lost";
  }
}

TEST_F(InterruptEverywhere, ACompareExchangeComesThroughInTheEnd) {
  std::atomic<int> count = 0;
  const auto add = [&] {
    int seen = count;
    while (!count.compare_exchange_weak(seen, seen + 1)) {
    }
  };
  const int others = interrupt_everywhere(add, add);
  EXPECT_EQ(count, 1 + others);
  EXPECT_GT(others, 3);
}

/// Counts under a lock. A thread that waits for it may spin, since the other one does not sleep
/// while it holds it.
template <class Lock, class Unlock>
void expect_every_count(Lock lock, Unlock unlock) {
  int count = 0;
  const auto add = [&] {
    lock();
    ++count;
    unlock();
  };
  const int others = interrupt_everywhere(add, add);
  EXPECT_EQ(count, 1 + others);
  EXPECT_GT(others, 0);
}

TEST_F(InterruptEverywhere, WhoSpinsForALockIsLeftAlone) {
  std::atomic_flag held;
  const auto lock = [&] {
    while (held.test_and_set()) {
    }
  };
  expect_every_count(lock, [&] { held.clear(); });
}

TEST_F(InterruptEverywhere, SharedMutexesMaySpinToo) {
  std::shared_mutex mutex;
  expect_every_count([&] { mutex.lock(); }, [&] { mutex.unlock(); });
}

}  // namespace
}  // namespace workbook::harness
