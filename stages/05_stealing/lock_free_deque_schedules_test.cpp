// The deque without a lock, under every schedule of a small scenario.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <lock_free_deque.hpp>
#include <thread>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class LockFreeDequeSchedules : public explored_test {};

/// Takes what `take` gives, and counts it there.
template <class Take>
void count(Take take) {
  if (int* const item = take()) ++*item;
}

TEST_F(LockFreeDequeSchedules, OwnerAndAThiefAtTheLastItem) {
  about("5.8",
        "Only one item is left, and both ends point at it: owner and thief have to agree who gets "
        "it. It is his who moves top_ on, and that only one can do: also the owner has to.");
  step("one item; its owner pops, a thief steals, under every schedule");
  EXPECT_TRUE(every_schedule({.preemptions = 4}, [] {
    lock_free_deque<int, 2> deque;
    int taken = 0;
    {
      (void)deque.push(&taken);
      const std::jthread thief([&] {
        explore_name_thread("thief");
        count([&] { return deque.steal(); });
      });
      count([&] { return deque.pop(); });
    }
    count([&] { return deque.steal(); });
    explore_check(taken == 1, "the last item was lost, or taken twice");
  }));
}

TEST_F(LockFreeDequeSchedules, OwnerAndTwoThievesAtTheLastItem) {
  about("5.8",
        "Two items, an owner that pops twice, and two thieves: each item belongs to one of them. A "
        "thief that has looked may come late: what it has seen then counts only if top_ is still "
        "where it was.");
  allow_time(std::chrono::seconds(20));
  step("two items; an owner pops both, two thieves steal, under every schedule");
  EXPECT_TRUE(every_schedule({.preemptions = 3, .surprises = 0}, [] {
    lock_free_deque<int, 2> deque;
    std::array<int, 2> taken{};
    {
      for (int& item : taken) (void)deque.push(&item);
      const auto thieve = [&] {
        explore_name_thread("thief");
        count([&] { return deque.steal(); });
      };
      const std::jthread first(thieve);
      const std::jthread second(thieve);
      for (int i = 0; i < 2; ++i) count([&] { return deque.pop(); });
    }
    while (int* const left = deque.steal()) ++*left;
    explore_check(taken == std::array{1, 1}, "an item was lost, or taken twice");
  }));
}

TEST_F(LockFreeDequeSchedules, AThiefSeesWhatWasPushed) {
  about("5.8",
        "A thief that sees the new bottom_ reads the slot at once: the item has to lie there "
        "already. First the slot, then bottom_.");
  step("an owner pushes two items, a thief steals twice, under every schedule");
  EXPECT_TRUE(every_schedule({.preemptions = 3}, [] {
    lock_free_deque<int, 2> deque;
    std::array<int, 2> taken{};
    {
      const std::jthread thief([&] {
        explore_name_thread("thief");
        for (int i = 0; i < 2; ++i) count([&] { return deque.steal(); });
      });
      for (int& item : taken) (void)deque.push(&item);
    }
    while (int* const left = deque.steal()) ++*left;
    explore_check(taken == std::array{1, 1}, "an item was lost, or taken twice");
  }));
}

TEST_F(LockFreeDequeSchedules, ASlotIsUsedAgain) {
  about("5.8",
        "The array is full, and goes round: a slot may be filled again only when its item has been "
        "taken, and a thief reads its item before he says that it is his: afterwards the owner may "
        "have put another one there.");
  step("an owner pushes three items through one slot, a thief steals, under every schedule");
  EXPECT_TRUE(every_schedule({.preemptions = 3, .surprises = 0}, [] {
    lock_free_deque<int, 1> deque;
    std::array<int, 3> taken{};
    std::array<bool, 3> pushed{};
    {
      const std::jthread thief([&] {
        explore_name_thread("thief");
        for (int i = 0; i < 2; ++i) count([&] { return deque.steal(); });
      });
      for (std::size_t i = 0; i < taken.size(); ++i) pushed[i] = deque.push(&taken[i]);
    }
    while (int* const left = deque.steal()) ++*left;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      explore_check(taken[i] == (pushed[i] ? 1 : 0), "an item was lost, or taken twice");
    }
  }));
}

}  // namespace
}  // namespace workbook
