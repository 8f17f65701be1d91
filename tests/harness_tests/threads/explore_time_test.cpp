// Time under the explorer: a limit is a choice, a sleep orders nothing, a polling loop ends.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "explore_expectations.hpp"
#include "harness/threads/explored_test.hpp"

namespace {

using namespace std::chrono_literals;
using namespace workbook::harness;

class ExploreTime : public explored_test {};

TEST_F(ExploreTime, ATimeoutIsAChoice) {
  const auto body = [](bool expects_success) {
    std::mutex mutex;
    std::condition_variable done_changed;
    bool done = false;
    std::thread other([&] {
      const std::scoped_lock lock(mutex);
      done = true;
      done_changed.notify_one();
    });
    bool in_time = false;
    {
      std::unique_lock lock(mutex);
      in_time = done_changed.wait_for(lock, 1h, [&] { return done; });
    }
    other.join();
    explore_check(in_time || !expects_success, "an hour was not enough");
  };
  expect_passes([=] { body(false); });
  expect_fails(explore_verdict::check_failed, [=] { body(true); });
}

TEST_F(ExploreTime, ATimedWaitThatNobodyNotifiesTimesOut) {
  const auto result = explore({}, [] {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    const auto before = std::chrono::steady_clock::now();
    while (never.wait_until(lock, before + 30s) != std::cv_status::timeout) {
    }
    explore_check(std::chrono::steady_clock::now() - before == 30s, "the clock shows the end");
  });
  EXPECT_TRUE(result.passed()) << result.summary() << result.trace;
  EXPECT_LT(result.seconds, 5);
}

TEST_F(ExploreTime, ASleepOrdersNothing) {
  const auto body = [](bool joins_first) {
    int written = 0;
    std::thread other([&] {
      explore_point("about to write");
      written = 1;
    });
    if (joins_first) other.join();
    std::this_thread::sleep_for(100ms);
    explore_check(written == 1, "100 ms were not enough");
    if (!joins_first) other.join();
  };
  const auto right = explore({}, [=] { body(true); });
  EXPECT_TRUE(right.passed() && right.all) << right.trace;
  expect_fails(explore_verdict::check_failed, [=] { body(false); });
}

TEST_F(ExploreTime, AYieldingLoopComesToAnEnd) {
  expect_passes([] {
    std::atomic<bool> ready = false;
    std::thread other([&] {
      explore_point("work");
      ready = true;
    });
    while (!ready) std::this_thread::yield();
    other.join();
  });
}

}  // namespace
