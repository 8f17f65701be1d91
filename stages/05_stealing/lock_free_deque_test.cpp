#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <lock_free_deque.hpp>
#include <stealing_pool.hpp>
#include <task_group.hpp>

#include "05_stealing/stealing_fixture.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "sched/boxed_jobs.hpp"

namespace workbook {
namespace {

using namespace harness;

using small_deque = lock_free_deque<const int, 4>;
constexpr std::array numbers = {0, 1, 2, 3, 4, 5, 6, 7};

int value_of(const int* taken) { return taken == nullptr ? -1 : *taken; }

TEST(LockFreeDeque, PopTakesTheNewestAndStealTheOldest) {
  about("5.8", "The owner works at the bottom, where it pushes; thieves take from the top.");
  small_deque deque;
  step("0, 1, 2, 3 are pushed");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(deque.push(&numbers[i]));
  step("pop() gives 3, steal() gives 0, then 2 and 1");
  EXPECT_EQ(value_of(deque.pop()), 3);
  EXPECT_EQ(value_of(deque.steal()), 0);
  EXPECT_EQ(value_of(deque.pop()), 2);
  EXPECT_EQ(value_of(deque.steal()), 1);
}

TEST(LockFreeDeque, GivesNothingWhenItIsEmpty) {
  about("5.8",
        "An empty deque gives null, again and again, and afterwards it is as it was: neither end "
        "may have moved past the other.");
  small_deque deque;
  step("nothing was pushed");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(deque.pop(), nullptr);
    EXPECT_EQ(deque.steal(), nullptr);
  }
  EXPECT_TRUE(deque.empty());
  step("the last item is popped, or stolen");
  EXPECT_TRUE(deque.push(&numbers[1]));
  EXPECT_FALSE(deque.empty());
  EXPECT_EQ(value_of(deque.pop()), 1);
  EXPECT_EQ(deque.pop(), nullptr);
  EXPECT_TRUE(deque.push(&numbers[2]));
  EXPECT_EQ(value_of(deque.steal()), 2);
  EXPECT_EQ(deque.pop(), nullptr);
  EXPECT_EQ(deque.steal(), nullptr);
  EXPECT_TRUE(deque.empty());
}

TEST(LockFreeDeque, SaysWhenItIsFull) {
  about("5.8",
        "There is room for `Capacity` items, neither more nor less. A full deque says so, and "
        "nothing in it is overwritten.");
  small_deque deque;
  step("four fit, the fifth does not");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(deque.push(&numbers[i])) << "item " << i;
  EXPECT_FALSE(deque.push(&numbers[4])) << "the oldest item was overwritten";
  step("one is stolen: now it does");
  EXPECT_EQ(value_of(deque.steal()), 0);
  EXPECT_TRUE(deque.push(&numbers[4]));
  EXPECT_FALSE(deque.push(&numbers[5]));
  step("all four come out");
  for (int i = 1; i < 5; ++i) EXPECT_EQ(value_of(deque.steal()), i);
}

TEST(LockFreeDeque, GoesRoundItsArray) {
  about("5.8",
        "top_ and bottom_ only grow; the slot of a number is its remainder. So the array is used "
        "again and again.");
  small_deque deque;
  step("a hundred times two are pushed, one is stolen and one popped");
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(deque.push(&numbers[static_cast<std::size_t>(i) % 4]));
    EXPECT_TRUE(deque.push(&numbers[4]));
    ASSERT_EQ(value_of(deque.steal()), i % 4);
    ASSERT_EQ(value_of(deque.pop()), 4);
  }
  EXPECT_TRUE(deque.empty());
}

TEST(LockFreeDeque, CarriesThePool) {
  about("5.8",
        "The pool takes this deque in place of the other one. A worker whose deque is full does "
        "the job at once: nothing is lost.");
  std::atomic<int> done = 0;
  gate held;
  step("a job runs ten jobs in a group, where the deque has room for two; others steal");
  {
    stealing_pool<boxed_jobs<lock_free_deque<job, 2>>> pool(2);
    task_group group(pool);
    group.run([&] {
      task_group inner(pool);
      for (int i = 0; i < 10; ++i) inner.run([&] { ++done; });
      inner.wait();
      EXPECT_EQ(done, 10) << "jobs were lost";
    });
    group.wait();
    step("the pool is destroyed while its worker's deque is full");
    pool.submit([&] {
      for (int i = 0; i < 10; ++i) pool.submit([&] { ++done; });
    });
  }
  EXPECT_EQ(done, 20) << "jobs were lost";
}

}  // namespace
}  // namespace workbook
