// Experiment: a deque without a lock under five sets of memory orders, under every schedule.
// Build: solutions
// Run: --gtest_filter=Orders.ByDefault
// Expect: exit 0
// Expect-output: schedules.*all of them: no
// Run: --gtest_filter=Orders.WithFences
// Expect: exit 0
// Expect-output: schedules.*all of them: no
// Run: --gtest_filter=Orders.ReleaseStore
// Expect: exit 1
// Expect-output: data race
// Run: --gtest_filter=Orders.AcquireAndRelease
// Expect: exit 1
// Expect-output: have taken the same item
// Run: --gtest_filter=Orders.RelaxedPush
// Expect: exit 1
// Expect-output: data race
// Look at: bottom_ in the fourth run. What does the thief read, and what has the owner stored before?
#include <gtest/gtest.h>

#include <thread>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"
#include "weaker_deque.hpp"

using namespace workbook::harness;

/// An owner with two items, who takes one of them, and a thief who tries to steal both.
template <orders Orders>
void owner_and_thief() {
  weaker_deque<int, Orders> deque;
  int items[] = {0, 0};
  const int* taken = nullptr;
  const int* stolen[] = {nullptr, nullptr};
  {
    std::jthread thief([&] {
      explore_name_thread("thief");
      for (const int*& found : stolen) {
        found = deque.steal();
        explore_check(found == nullptr || *found == 1, "an item came that was not finished");
      }
    });
    explore_name_thread("owner");
    for (int& item : items) {
      item = 1;
      deque.push(&item);
    }
    taken = deque.pop();
  }
  explore_check(taken == nullptr || (taken != stolen[0] && taken != stolen[1]),
                "the owner and the thief have taken the same item");
}

class Orders : public explored_test {};

TEST_F(Orders, ByDefault) {
  step("memory_order_seq_cst everywhere");
  EXPECT_TRUE(every_schedule({.preemptions = 3}, owner_and_thief<by_default>));
}

TEST_F(Orders, WithFences) {
  step("the orders of the literature: relaxed and acquire, and three fences");
  EXPECT_TRUE(every_schedule({.preemptions = 3}, owner_and_thief<with_fences>));
}

TEST_F(Orders, ReleaseStore) {
  about("",
        "The thief may read bottom_ from the relaxed store in pop(). In C++20 that one passes on "
        "nothing of what push() has released.");
  step("the same, with a store that releases in the place of the fence in push()");
  EXPECT_TRUE(every_schedule({.preemptions = 3}, owner_and_thief<release_store>));
}

TEST_F(Orders, AcquireAndRelease) {
  about("",
        "Owner and thief each store, and then load what the other one has stored. Acquire and "
        "release let a store wait in the processor while the next load is done.");
  step("release for all stores, acquire for all loads, no fence");
  EXPECT_TRUE(every_schedule({.preemptions = 3}, owner_and_thief<acquire_release>));
}

TEST_F(Orders, RelaxedPush) {
  about("", "The thief sees that there is an item, and nothing says that he sees what is in it.");
  step("relaxed for the store that publishes an item");
  EXPECT_TRUE(every_schedule({.preemptions = 3}, owner_and_thief<relaxed_push>));
}
