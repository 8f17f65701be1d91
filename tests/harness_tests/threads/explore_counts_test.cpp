// The number of schedules of tiny programs, against the number computed by hand.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"

namespace {

using namespace workbook::harness;

constexpr int unlimited = 1000;

class ExploreCounts : public explored_test {};

long schedules_of(int preemptions, int surprises, const std::function<void()>& body) {
  const auto result = explore({.preemptions = preemptions, .surprises = surprises}, body);
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
  EXPECT_TRUE(result.all);
  return result.schedules;
}

TEST_F(ExploreCounts, OneThreadHasOneSchedule) {
  EXPECT_EQ(schedules_of(unlimited, 0,
                         [] {
                           std::mutex mutex;
                           const std::scoped_lock lock(mutex);
                           explore_point("alone");
                         }),
            1);
}

// After the creation main has two parts, m1 up to its point and m2 from there to the join; the
// other thread has a1 and a2. Preemptions in each of the C(4,2) = 6 orders:
//   m1 m2 a1 a2: 0 (main blocks in the join)     m1 a1 a2 m2: 1     a1 a2 m1 m2: 1
//   m1 a1 m2 a2: 2                               a1 m1 m2 a2: 2     a1 m1 a2 m2: 3
void a_point_in_each_of_two_threads() {
  std::thread other([] { explore_point("a"); });
  explore_point("m");
  other.join();
}

TEST_F(ExploreCounts, TwoThreadsWithAPointEach) {
  EXPECT_EQ(schedules_of(0, 0, a_point_in_each_of_two_threads), 1);
  EXPECT_EQ(schedules_of(1, 0, a_point_in_each_of_two_threads), 3);
  EXPECT_EQ(schedules_of(2, 0, a_point_in_each_of_two_threads), 5);
  EXPECT_EQ(schedules_of(3, 0, a_point_in_each_of_two_threads), 6);
  EXPECT_EQ(schedules_of(unlimited, 0, a_point_in_each_of_two_threads), 6);
}

// n points cut each thread into n + 1 parts: C(2n + 2, n + 1) orders. C(8,4) = 70, C(12,6) = 924.
TEST_F(ExploreCounts, TwoThreadsWithManyPointsEach) {
  for (const auto& [points, orders] : {std::pair(3, 70), std::pair(5, 924)}) {
    const auto work = [points = points] {
      for (int i = 0; i < points; ++i) explore_point("here");
    };
    const auto body = [work] {
      std::thread other(work);
      work();
      other.join();
    };
    EXPECT_EQ(schedules_of(unlimited, 0, body), orders) << points << " points";
  }
}

// A step before lock and one after unlock cut each thread into 3 parts, and the mutex is free
// whenever somebody else runs: C(6,3) = 20 orders.
TEST_F(ExploreCounts, TwoThreadsThatLockOnce) {
  const auto body = [] {
    std::mutex mutex;
    const auto work = [&] { const std::scoped_lock lock(mutex); };
    std::thread other(work);
    work();
    other.join();
  };
  EXPECT_EQ(schedules_of(unlimited, 0, body), 20);
}

// Each try_lock works or fails for no reason. No failure or one: 1 + 2. Two allowed: 2 * 2.
TEST_F(ExploreCounts, SurprisesOfTryLock) {
  const auto body = [] {
    std::mutex mutex;
    for (int i = 0; i < 2; ++i) {
      if (mutex.try_lock()) mutex.unlock();
    }
  };
  EXPECT_EQ(schedules_of(0, 0, body), 1);
  EXPECT_EQ(schedules_of(0, 1, body), 3);
  EXPECT_EQ(schedules_of(0, 2, body), 4);
}

void two_waiters(const std::function<void(std::condition_variable&)>& notify) {
  std::mutex mutex;
  std::condition_variable condition;
  const auto wait = [&] {
    std::unique_lock lock(mutex);
    condition.wait(lock);
  };
  std::thread first(wait);
  std::thread second(wait);
  std::this_thread::sleep_for(std::chrono::seconds(1));  // without preemptions: until both wait
  notify(condition);
  first.join();
  second.join();
}

// Without preemptions, the end of the program has 3 orders: main joins `first`, so either `second`
// ends, then `first`; or `first` ends, and then main or `second` goes on. In front of that, 2
// orders of arrival; and with notify_one, 2 choices of the thread that the first one wakes.
TEST_F(ExploreCounts, ChoiceOfTheWokenWaiter) {
  const auto all = [](std::condition_variable& condition) { condition.notify_all(); };
  const auto one_by_one = [](std::condition_variable& condition) {
    condition.notify_one();
    condition.notify_one();
  };
  EXPECT_EQ(schedules_of(0, 0, [=] { two_waiters(all); }), 2 * 3);
  EXPECT_EQ(schedules_of(0, 0, [=] { two_waiters(one_by_one); }), 2 * 2 * 3);
}

}  // namespace
