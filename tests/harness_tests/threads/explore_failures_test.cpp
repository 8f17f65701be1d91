// How failures are told: deadlocks, exceptions, crashes, and what a result claims.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "explore_expectations.hpp"
#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"

namespace {

using namespace workbook::harness;

class ExploreFailures : public explored_test {};

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

TEST_F(ExploreFailures, TwoLocksInTwoOrdersNameBothOwners) {
  const auto result = explore({}, [] { two_locks(false); });
  EXPECT_EQ(result.verdict, explore_verdict::deadlock) << result.summary();
  EXPECT_TRUE(has(result.trace, "main waits for right, held by other")) << result.trace;
  EXPECT_TRUE(has(result.trace, "other waits for left, held by main")) << result.trace;
  EXPECT_TRUE(has(result.trace, "explore_expectations.hpp:")) << result.trace;
  EXPECT_TRUE(has(result.trace, "in take_both")) << result.trace;
}

TEST_F(ExploreFailures, AnInterruptionIsMarked) {
  const auto result = explore({}, [] { two_locks(false); });
  EXPECT_TRUE(has(result.trace, "! ")) << result.trace;
  EXPECT_TRUE(has(result.trace, "! the thread of the step before was interrupted here"))
      << result.trace;
}

TEST_F(ExploreFailures, TwoLocksInOneOrderPass) {
  const auto result = explore({.preemptions = 1000}, [] { two_locks(true); });
  EXPECT_TRUE(result.passed() && result.all) << result.trace;
}

TEST_F(ExploreFailures, ALockTakenTwiceIsHeldByItsOwnThread) {
  const auto result = explore({}, [] {
    std::mutex mutex;
    const std::lock_guard outer(mutex);
    mutex.lock();
  });
  EXPECT_EQ(result.verdict, explore_verdict::deadlock);
  EXPECT_TRUE(has(result.trace, "main waits for mutex, held by main")) << result.trace;
}

TEST_F(ExploreFailures, AnExceptionOutOfTheBody) {
  const auto result = explore({}, [] { throw std::runtime_error("no such luck"); });
  EXPECT_EQ(result.verdict, explore_verdict::exception);
  EXPECT_TRUE(has(result.message, "no such luck")) << result.message;
}

TEST_F(ExploreFailures, AnExceptionOutOfAThreadNamesTheThread) {
  const auto result = explore({}, [] {
    std::thread thrower([] {
      explore_name_thread("worker 1");
      throw std::runtime_error("TODO 3.2 is not written yet");
    });
    thrower.join();
  });
  EXPECT_EQ(result.verdict, explore_verdict::terminated);
  EXPECT_TRUE(has(result.message, "worker 1 ends the program")) << result.message;
  EXPECT_TRUE(has(result.message, "TODO 3.2 is not written yet")) << result.message;
}

TEST_F(ExploreFailures, AJoinableThreadThatDies) {
  const auto result = explore({}, [] { std::thread forgotten([] {}); });
  EXPECT_EQ(result.verdict, explore_verdict::terminated);
  EXPECT_TRUE(has(result.message, "main calls std::terminate")) << result.message;
}

TEST_F(ExploreFailures, ADetachedThreadThatOutlivesTheBody) {
  const auto result = explore({}, [] { std::thread([] {}).detach(); });
  EXPECT_EQ(result.verdict, explore_verdict::unfinished_thread);
  EXPECT_TRUE(has(result.message, "thread 1 is still running")) << result.message;
}

TEST_F(ExploreFailures, ACrashNamesItsSchedule) {
  const auto body = [] {
    std::atomic<bool> seen = false;
    std::thread other([&] {
      seen = true;
      explore_point("seen");
      seen = false;
    });
    explore_point("look");
    if (seen) std::raise(SIGKILL);
    other.join();
  };
  const auto result = explore({}, body);
  EXPECT_EQ(result.verdict, explore_verdict::crashed);
  EXPECT_TRUE(has(result.message, "Killed")) << result.message;
  EXPECT_EQ(explore({.replay = result.schedule}, body).verdict, explore_verdict::crashed);
}

TEST_F(ExploreFailures, APollingLoopWithoutEndIsALivelock) {
  for (const int steps : {500, 4000}) {  // of so many only the last are kept
    const auto result = explore({.max_steps = steps}, [] {
      std::atomic<bool> never = false;
      while (!never) std::this_thread::yield();
    });
    EXPECT_EQ(result.verdict, explore_verdict::livelock);
    EXPECT_LE(std::count(result.trace.begin(), result.trace.end(), '\n'), 40) << result.trace;
  }
}

TEST_F(ExploreFailures, AConditionDestroyedUnderItsWaiter) {
  const auto result = explore({}, [] {
    std::mutex mutex;
    std::thread waiter;
    {
      std::condition_variable condition;
      waiter = std::thread([&] {
        std::unique_lock lock(mutex);
        condition.wait(lock);
      });
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    waiter.join();
  });
  EXPECT_EQ(result.verdict, explore_verdict::use_after_destroy);
  EXPECT_TRUE(has(result.message, "while thread 1 waits on it")) << result.message;
}

// The waiter may see `done` without sleeping, return, and destroy what the other is about to
// notify.
TEST_F(ExploreFailures, ANotificationAfterTheMutexThatComesTooLate) {
  const auto body = [](bool notify_under_the_mutex) {
    std::thread other;
    {
      std::mutex mutex;
      std::condition_variable condition;
      bool done = false;
      other = std::thread([&] {
        std::unique_lock lock(mutex);
        done = true;
        if (!notify_under_the_mutex) lock.unlock();
        condition.notify_one();
      });
      std::unique_lock lock(mutex);
      condition.wait(lock, [&] { return done; });
    }
    other.join();
  };
  const auto wrong = explore({}, [=] { body(false); });
  EXPECT_EQ(wrong.verdict, explore_verdict::use_after_destroy) << wrong.summary();
  EXPECT_TRUE(has(wrong.message, "already destroyed")) << wrong.message;
  const auto right = explore({.preemptions = 0}, [=] { body(true); });
  EXPECT_TRUE(right.passed()) << right.trace;
}

TEST_F(ExploreFailures, ABodyThatEndsTheProcess) {
  for (const int status : {0, 3}) {
    const auto result = explore({}, [=] {
      std::thread other([=] { std::_Exit(status); });
      other.join();
    });
    EXPECT_EQ(result.verdict, explore_verdict::terminated) << result.summary();
    EXPECT_TRUE(has(result.message, "the body ended the process")) << result.message;
    EXPECT_TRUE(has(result.trace, "starts thread 1")) << result.trace;
  }
}

TEST_F(ExploreFailures, AProcessWithThreadsIsRefused) {
  std::atomic<bool> leave = false;
  std::thread other([&] { leave.wait(false); });
  EXPECT_THROW(static_cast<void>(explore({}, [] {})), std::logic_error);
  leave = true;
  leave.notify_all();
  other.join();
}

}  // namespace
