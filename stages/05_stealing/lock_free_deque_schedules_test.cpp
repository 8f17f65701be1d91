// The deque without a lock, under every schedule of a small scenario.
#include <gtest/gtest.h>

#include <array>
#include <lock_free_deque.hpp>
#include <thread>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class LockFreeDequeSchedules : public explored_test {};

TEST_F(LockFreeDequeSchedules, TwoThieves) {
  about("5.8", "x");
  EXPECT_TRUE(every_schedule({.preemptions = 3, .surprises = 0}, [] {
    lock_free_deque<int, 2> deque;
    std::array<int, 2> items{};
    int* a = nullptr;
    int* b = nullptr;
    int* c = nullptr;
    int* d = nullptr;
    {
      for (int& item : items) explore_check(deque.push(&item), "full");
      const std::jthread thief_1([&] { a = deque.steal(); });
      const std::jthread thief_2([&] { b = deque.steal(); });
      c = deque.pop();
      d = deque.pop();
    }
    for (int* p : {a, b, c, d})
      if (p) ++*p;
    explore_check(items[0] == 1 && items[1] == 1, "lost or twice");
  }));
}

}  // namespace
}  // namespace workbook
