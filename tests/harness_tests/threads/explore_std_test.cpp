// Unmodified std facilities under the explorer: each in a correct program and in a wrong one.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <thread>

#include "explore_expectations.hpp"
#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"

namespace {

using namespace std::chrono_literals;
using namespace workbook::harness;

class ExploreStd : public explored_test {};

TEST_F(ExploreStd, SemaphoreAsAMutex) {
  const auto body = [](bool forgets) {
    std::binary_semaphore seat(1);
    const auto work = [&] {
      seat.acquire();
      explore_point("inside");
      if (!forgets) seat.release();
    };
    std::thread other(work);
    work();
    other.join();
  };
  expect_passes([=] { body(false); });
  const auto wrong = expect_fails(explore_verdict::deadlock, [=] { body(true); });
  EXPECT_NE(wrong.trace.find("nobody has notified it"), std::string::npos) << wrong.trace;
}

TEST_F(ExploreStd, LatchOfTwo) {
  const auto body = [](int expected) {
    std::latch ready(expected);
    std::thread other([&] { ready.count_down(); });
    ready.arrive_and_wait();
    other.join();
  };
  expect_passes([=] { body(2); });
  expect_fails(explore_verdict::deadlock, [=] { body(3); });
}

TEST_F(ExploreStd, BarrierOfTwo) {
  const auto body = [](bool leaves_early) {
    std::barrier meet(2);
    std::thread other([&] {
      if (!leaves_early) meet.arrive_and_wait();
    });
    meet.arrive_and_wait();
    other.join();
  };
  expect_passes([=] { body(false); });
  expect_fails(explore_verdict::deadlock, [=] { body(true); });
}

TEST_F(ExploreStd, AtomicWait) {
  const auto body = [](bool notifies) {
    std::atomic<int> ready = 0;
    std::thread other([&] {
      ready = 1;
      if (notifies) ready.notify_one();
    });
    ready.wait(0);
    other.join();
  };
  expect_passes([=] { body(true); });
  expect_fails(explore_verdict::deadlock, [=] { body(false); });
}

TEST_F(ExploreStd, FutureAndPromise) {
  const auto body = [](bool keeps) {
    std::promise<int> promise;
    std::future<int> future = promise.get_future();
    std::thread other([&] {
      if (keeps) promise.set_value(42);
    });
    explore_check(future.get() == 42, "the value of the promise");
    other.join();
  };
  expect_passes([=] { body(true); });
  expect_fails(explore_verdict::deadlock, [=] { body(false); });
}

TEST_F(ExploreStd, JthreadThatIsAskedToStop) {
  const auto body = [](bool asks) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::jthread worker([&](const std::stop_token& stop) {
      std::unique_lock lock(mutex);
      if (asks) {
        woken.wait(lock, stop, [] { return false; });
      } else {
        woken.wait(lock, [&] { return stop.stop_requested(); });
      }
    });
  };
  expect_passes([=] { body(true); });
  expect_fails(explore_verdict::deadlock, [=] { body(false); });
}

TEST_F(ExploreStd, TryLockMayFail) {
  const auto body = [](bool trusts) {
    std::mutex mutex;
    int entered = 0;
    const auto work = [&] {
      std::unique_lock lock(mutex, std::try_to_lock);
      if (!lock && !trusts) lock.lock();
      if (lock) ++entered;
    };
    std::thread other(work);
    work();
    other.join();
    explore_check(entered == 2, "one did not come in");
  };
  expect_passes([=] { body(false); });
  expect_fails(explore_verdict::check_failed, [=] { body(true); });
}

TEST_F(ExploreStd, ScopedLockOfTwoMutexesInTwoOrders) {
  expect_passes([] {
    std::mutex left, right;
    std::thread other([&] { const std::scoped_lock lock(left, right); });
    { const std::scoped_lock lock(right, left); }
    other.join();
  });
}

TEST_F(ExploreStd, RecursiveAndTimedMutexes) {
  expect_passes([] {
    std::recursive_mutex recursive;
    std::timed_mutex timed;
    std::thread other([&] {
      const std::scoped_lock outer(recursive);
      const std::scoped_lock inner(recursive);
      explore_point("inside");
      if (timed.try_lock_for(1s)) timed.unlock();
    });
    { const std::scoped_lock lock(recursive, timed); }
    other.join();
  });
}

// An unprotected counter: no interruption between load and store unless a test double asks for it.
TEST_F(ExploreStd, APointStandsInForAnAtomicOperation) {
  const auto body = [](bool one_step) {
    std::atomic<int> active = 0;
    const auto add = [&] {
      if (one_step) {
        ++active;
        return;
      }
      const int seen = active;
      explore_point("between load and store");
      active = seen + 1;
    };
    std::thread other(add);
    add();
    other.join();
    explore_check(active == 2, "an increment was lost");
  };
  expect_passes([=] { body(true); });
  expect_fails(explore_verdict::check_failed, [=] { body(false); });
}

}  // namespace
