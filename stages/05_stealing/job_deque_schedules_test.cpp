// The deque under every schedule of a small scenario.
#include <gtest/gtest.h>

#include <array>
#include <job_deque.hpp>
#include <thread>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class JobDequeSchedules : public explored_test {};

TEST_F(JobDequeSchedules, OwnerAndThievesTakeEachJobOnce) {
  about(
      "5.1",
      "To look whether there is a job, and to take it, is one step under one lock. Between two "
      "locks another thread takes the last job, and both have it, or one takes what is not there.");
  step("an owner and two thieves take two jobs, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    std::array<int, 2> done{};
    {
      job_deque deque;
      const auto thieve = [&] {
        explore_name_thread("thief");
        if (auto work = deque.steal()) (*work)();
      };
      for (int& each : done) (void)deque.push([&each] { ++each; });
      const std::jthread first(thieve);
      const std::jthread second(thieve);
      while (auto work = deque.pop()) (*work)();
    }
    explore_check(done == std::array{1, 1}, "a job was lost, or taken twice");
  });
}

TEST_F(JobDequeSchedules, AJobIsPushedWhileAnotherIsStolen) {
  about("5.1", "push() changes what thieves look at: under the same lock as they.");
  step("an owner pushes two jobs and pops one, a thief steals, under every schedule");
  expect_every_schedule({.preemptions = 3, .surprises = 0}, [] {
    std::array<int, 2> done{};
    job_deque deque;
    {
      const std::jthread thief([&] {
        explore_name_thread("thief");
        if (!deque.empty()) {
          if (auto work = deque.steal()) (*work)();
        }
      });
      for (int& each : done) (void)deque.push([&each] { ++each; });
      if (auto work = deque.pop()) (*work)();
    }
    while (auto work = deque.pop()) (*work)();
    explore_check(done == std::array{1, 1}, "a job was lost, or taken twice");
  });
}

}  // namespace
}  // namespace workbook
