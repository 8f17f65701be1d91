// The deque without a lock, under every schedule of a small scenario.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <functional>
#include <lock_free_deque.hpp>
#include <thread>
#include <utility>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class LockFreeDequeSchedules : public explored_test {};

std::jthread thief(std::function<void()> code) {
  return std::jthread([code = std::move(code)] {
    explore_name_thread("thief");
    code();
  });
}

/// Fails unless each of `items`, and nothing else, is among what was taken, once. What is left in
/// the deque counts as taken.
template <std::size_t Items, std::size_t Taken, class Deque>
void check_each_once(const std::array<int, Items>& items, std::array<const int*, Taken> taken,
                     Deque& deque) {
  std::array<int, Items> times{};
  const auto count = [&](const int* item) {
    if (item != nullptr) ++times.at(static_cast<std::size_t>(item - items.data()));
  };
  for (const int* item : taken) count(item);
  while (const int* item = deque.steal()) count(item);
  for (const int found : times) {
    explore_check(found > 0, "an item was lost");
    explore_check(found < 2, "an item was taken twice");
  }
}

TEST_F(LockFreeDequeSchedules, OwnerAndAThiefAtTheLastItem) {
  about("5.8",
        "Only one item is left, and both ends point at it: owner and thief have to agree who gets "
        "it. It belongs to whoever moves top_ on, and that only one can do: the owner has to try, "
        "too.");
  step("one item; its owner pops, a thief steals, under every schedule");
  expect_every_schedule({.preemptions = 4}, [] {
    lock_free_deque<const int, 2> deque;
    const std::array<int, 1> items{};
    std::array<const int*, 2> taken{};
    {
      (void)deque.push(&items[0]);
      const auto steals = thief([&] { taken[0] = deque.steal(); });
      taken[1] = deque.pop();
    }
    check_each_once(items, taken, deque);
  });
}

TEST_F(LockFreeDequeSchedules, OwnerAndTwoThievesAtTheLastItem) {
  about("5.8",
        "Two items, an owner that pops twice, and two thieves: each item belongs to one of them. "
        "The owner first says which item he wants, by stepping bottom_ back, and then looks where "
        "the thieves are. A thief first reads top_ and then bottom_; if he comes late, what he has "
        "seen counts only if top_ is still where it was.");
  step("two items; an owner pops both, two thieves steal, under every schedule");
  expect_every_schedule({.preemptions = 3, .surprises = 0}, [] {
    lock_free_deque<const int, 2> deque;
    const std::array<int, 2> items{};
    std::array<const int*, 4> taken{};
    {
      for (const int& item : items) (void)deque.push(&item);
      const auto first = thief([&] { taken[0] = deque.steal(); });
      const auto second = thief([&] { taken[1] = deque.steal(); });
      taken[2] = deque.pop();
      taken[3] = deque.pop();
    }
    check_each_once(items, taken, deque);
  });
}

TEST_F(LockFreeDequeSchedules, AThiefIsNotOverlooked) {
  about("5.8",
        "The owner steps bottom_ back, and then reads top_. With the default order, all threads "
        "see the two in this order. With weaker ones the step back may become visible after the "
        "look: owner and thief overlook each other, and both have the item.");
  step("two items; an owner pops one, a thief steals twice, under every schedule");
  expect_every_schedule({.preemptions = 3}, [] {
    lock_free_deque<const int, 2> deque;
    const std::array<int, 2> items{};
    std::array<const int*, 3> taken{};
    {
      for (const int& item : items) (void)deque.push(&item);
      const auto steals = thief([&] {
        taken[0] = deque.steal();
        taken[1] = deque.steal();
      });
      taken[2] = deque.pop();
    }
    check_each_once(items, taken, deque);
  });
}

TEST_F(LockFreeDequeSchedules, AThiefSeesWhatWasPushed) {
  about("5.8",
        "A thief that sees the new bottom_ reads the slot at once: the item has to lie there "
        "already. First the slot, then bottom_.");
  step("an owner pushes two items, a thief steals twice, under every schedule");
  expect_every_schedule({.preemptions = 3}, [] {
    lock_free_deque<const int, 2> deque;
    const std::array<int, 2> items{};
    std::array<const int*, 2> taken{};
    {
      const auto steals = thief([&] {
        taken[0] = deque.steal();
        taken[1] = deque.steal();
      });
      for (const int& item : items) (void)deque.push(&item);
    }
    check_each_once(items, taken, deque);
  });
}

TEST_F(LockFreeDequeSchedules, ASlotIsUsedAgain) {
  about("5.8",
        "The array goes round: the owner fills a slot again as soon as its item is taken, while "
        "another thief may still be reading there. So a thief reads his item before he says that "
        "it is his, and throws it away if he comes too late; and slots are atomics, because one "
        "reads while another writes.");
  step("a slot is used for one item after the other, two thieves steal, under every schedule");
  expect_every_schedule({.preemptions = 3, .surprises = 0}, [] {
    lock_free_deque<const int, 1> deque;
    const std::array<int, 2> items{};
    std::array<const int*, 3> taken{};
    {
      (void)deque.push(&items[0]);
      const auto first = thief([&] { taken[0] = deque.steal(); });
      const auto second = thief([&] { taken[1] = deque.steal(); });
      if (!deque.push(&items[1])) taken[2] = &items[1];  // full still: it stays with its owner
    }
    check_each_once(items, taken, deque);
  });
}

}  // namespace
}  // namespace workbook
