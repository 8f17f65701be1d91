// Loops that wait for another thread by taking locks. A real machine lets the other one run at some
// time, so such a wait ends; it is wrong only if nobody will ever bring about what is waited for.
#include <chrono>
#include <deque>
#include <mutex>
#include <semaphore>

#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedWaitingLoop : public explored_test {};

/// A queue whose readers look again and again.
struct polled_queue {
  std::mutex mutex;
  std::deque<int> items;

  void push(int item) {
    const std::scoped_lock lock(mutex);
    items.push_back(item);
  }
  bool pop() {
    const std::scoped_lock lock(mutex);
    if (items.empty()) return false;
    items.pop_front();
    return true;
  }
};

/// A flag under a lock.
struct locked_flag {
  std::mutex mutex;
  bool up = false;

  void raise() {
    const std::scoped_lock lock(mutex);
    up = true;
  }
  bool is_up() {
    const std::scoped_lock lock(mutex);
    return up;
  }
};

TEST_F(ObservedWaitingLoop, AReaderPollsAQueue) {
  expect_right([] {
    polled_queue queue;
    const auto other = named("other", [&] { queue.push(1); });
    while (!queue.pop()) {
    }
  });
}

TEST_F(ObservedWaitingLoop, AReaderPollsAQueueThatStaysEmpty) {
  const auto result = expect_fails(explore_verdict::livelock, [] {
    polled_queue queue;
    const auto other = named("other", [&] { queue.push(1); });
    while (!queue.pop() || !queue.pop()) {
    }
  });
  EXPECT_NE(result.message.find("main ran last"), std::string::npos) << result.message;
}

TEST_F(ObservedWaitingLoop, ACountIsRaisedBeforeTheItemIsThere) {
  expect_right([] {
    polled_queue queue;
    std::atomic<int> items = 0;
    const auto other = named("other", [&] {
      ++items;
      queue.push(1);
    });
    while (items == 0 || !queue.pop()) {
    }
  });
}

TEST_F(ObservedWaitingLoop, ACountIsRaisedAndTheItemForgotten) {
  (void)expect_fails(explore_verdict::livelock, [] {
    polled_queue queue;
    std::atomic<int> items = 0;
    const auto other = named("other", [&] { ++items; });
    while (items == 0 || !queue.pop()) {
    }
  });
}

TEST_F(ObservedWaitingLoop, ATryLockIsRepeatedUntilAFlagIsUp) {
  const auto wait_for = [](locked_flag& flag) {
    for (bool seen = false; !seen;) {
      if (!flag.mutex.try_lock()) continue;
      seen = flag.up;
      flag.mutex.unlock();
    }
  };
  expect_right([&] {
    locked_flag flag;
    const auto other = named("other", [&] { flag.raise(); });
    wait_for(flag);
  });
  (void)expect_fails(explore_verdict::livelock, [&] {
    locked_flag flag;
    const auto other = named("other", [&] { (void)flag.is_up(); });
    wait_for(flag);
  });
}

TEST_F(ObservedWaitingLoop, ASemaphoreIsTriedUntilItIsFree) {
  expect_right([] {
    std::binary_semaphore free(0);
    const auto other = named("other", [&] { free.release(); });
    while (!free.try_acquire()) {
    }
  });
}

TEST_F(ObservedWaitingLoop, AFlagIsRaisedAfterASleep) {
  expect_right([] {
    locked_flag flag;
    const auto other = named("other", [&] {
      std::this_thread::sleep_for(std::chrono::hours(1));
      flag.raise();
    });
    while (!flag.is_up()) {
    }
  });
}

/// Each begins only when the other does not want to.
template <bool BothStart>
void after_you() {
  locked_flag main_wants;
  locked_flag other_wants;
  const auto other = named("other", [&] {
    other_wants.raise();
    while (main_wants.is_up()) {
    }
  });
  if (BothStart) main_wants.raise();
  while (other_wants.is_up() && BothStart) {
  }
}

TEST_F(ObservedWaitingLoop, TwoAreTooPolite) {
  expect_right(after_you<false>);
  (void)expect_fails(explore_verdict::livelock, after_you<true>);
}

TEST_F(ObservedWaitingLoop, TwoPollersWaitForAThird) {
  const auto result = explore({.preemptions = 1, .surprises = 0}, [] {
    locked_flag flag;
    const auto poll = [&] {
      while (!flag.is_up()) {
      }
    };
    const auto first = named("first", poll);
    const auto second = named("second", poll);
    flag.raise();
  });
  EXPECT_TRUE(result.passed() && result.all) << result.summary() << "\n" << result.trace;
}

}  // namespace
