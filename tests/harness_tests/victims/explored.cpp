// Tests that fail under one of the schedules that they explore, or that cannot be explored.

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"
#include "support/todo.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(Explored, NotWritten) {
  about("3.4", "Nobody should see this sentence.");
  step("a thread comes to a TODO");
  expect_every_schedule({}, [] { std::jthread([] { todo("3.4"); }); });
}

TEST(Explored, GoesRoundALoop) {
  about("3.7", "Nobody should see this sentence.");
  expect_every_schedule({}, [] {
    volatile bool never = false;
    while (!never) {
    }
  });
}

// As long as a story can be: 40 lines, with a column for each of eight threads.
TEST(Explored, FailsAtTheEndOfALongStory) {
  about("3.7", "The end is told too.");
  step("many steps of many threads, and then the mistake");
  expect_every_schedule({.preemptions = 0, .surprises = 0}, [] {
    for (int i = 0; i < 7; ++i) {
      std::jthread([i] {
        explore_name_thread("thread with a long name " + std::to_string(i));
        for (int k = 0; k < 10; ++k) explore_point("a step with a long label");
      });
    }
    explore_point("the last step");
    explore_check(false, "the mistake");
  });
}

}  // namespace
}  // namespace workbook
