// The number of schedules of tiny programs where known states are left out, against the number
// computed by hand.
#include <thread>

#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedCounts : public explored_test {};

constexpr int unlimited = 1000;

/// Two threads store n times each, in atomics of their own or in the same one.
long schedules_of(int n, bool in_the_same, int preemptions) {
  const auto result = explore({.preemptions = preemptions, .surprises = 0}, [=] {
    std::atomic<int> of_main = 0;
    std::atomic<int> of_other = 0;
    const auto store_in = [=](std::atomic<int>& it) {
      for (int i = 0; i < n; ++i) it.store(i, relaxed);
    };
    std::thread other([&] { store_in(in_the_same ? of_main : of_other); });
    store_in(of_main);
    other.join();
  });
  EXPECT_TRUE(result.passed() && result.all) << result.summary();
  return result.schedules;
}

// A thread that comes to a store is asked who goes on: so each state in which one has come there has
// one branch, as long as both have something left to store. Added is the very first schedule.
// A state is: main has stored i times, the other j times, i < n and j < n, and who has come: 2 n n.
TEST_F(ObservedCounts, WhatIsIndependentIsTriedInOneOrder) {
  EXPECT_EQ(schedules_of(1, false, unlimited), 2 * 1 * 1 + 1);
  EXPECT_EQ(schedules_of(2, false, unlimited), 2 * 2 * 2 + 1);
  EXPECT_EQ(schedules_of(3, false, unlimited), 2 * 3 * 3 + 1);
}

// Here the order of the i + j stores belongs to the state: C(i + j, i) of them. Who has come is the
// one of the last store, or one who has not stored yet. So the 2 n - 1 orders with stores of one
// thread at most count twice, all others once: for n = 2 these are 2, for n = 3 2 + 3 + 3 + 6.
TEST_F(ObservedCounts, WhatIsNotIsTriedInEveryOrder) {
  EXPECT_EQ(schedules_of(1, true, unlimited), 2 * 1 + 1);
  EXPECT_EQ(schedules_of(2, true, unlimited), 2 * 3 + 2 + 1);
  EXPECT_EQ(schedules_of(3, true, unlimited), 2 * 5 + 14 + 1);
}

// The very first schedule, and a branch from each of its n states in front of a store of main's.
TEST_F(ObservedCounts, TheBoundHolds) {
  EXPECT_EQ(schedules_of(3, false, 0), 1);
  EXPECT_EQ(schedules_of(3, false, 1), 4);
  EXPECT_EQ(schedules_of(3, true, 1), 4);
}

}  // namespace
