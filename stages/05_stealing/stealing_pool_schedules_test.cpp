// The pool under every schedule of a small scenario.
#include <gtest/gtest.h>

#include <stealing_pool.hpp>
#include <task_group.hpp>
#include <thread>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class StealingPoolSchedules : public explored_test {};

TEST_F(StealingPoolSchedules, OneWorkerOneJob) {
  about("5.3", "x");
  EXPECT_TRUE(every_schedule({.preemptions = 2, .surprises = 0}, [] {
    int done = 0;
    {
      stealing_pool<> pool(1);
      pool.submit([&] { ++done; });
    }
    explore_check(done == 1, "a job was lost, or done twice");
  }));
}
TEST_F(StealingPoolSchedules, TwoWorkersTwoJobs) {
  about("5.3", "x");
  EXPECT_TRUE(every_schedule({.preemptions = 1, .surprises = 0}, [] {
    int done_1 = 0;
    int done_2 = 0;
    {
      stealing_pool<> pool(2);
      pool.submit([&] { ++done_1; });
      pool.submit([&] { ++done_2; });
    }
    explore_check(done_1 == 1 && done_2 == 1, "a job was lost, or done twice");
  }));
}
TEST_F(StealingPoolSchedules, NestedWaitOnOneWorker) {
  about("5.3", "x");
  EXPECT_TRUE(every_schedule({.preemptions = 2, .surprises = 0}, [] {
    stealing_pool<> pool(1);
    task_group outer(pool);
    bool done = false;
    outer.run([&] {
      task_group inner(pool);
      inner.run([&] { done = true; });
      inner.wait();
      explore_check(done, "x");
    });
    outer.wait();
  }));
}
TEST_F(StealingPoolSchedules, NestedWaitOnTwoWorkers) {
  about("5.3", "x");
  EXPECT_TRUE(every_schedule({.preemptions = 1, .surprises = 0}, [] {
    stealing_pool<> pool(2);
    task_group outer(pool);
    bool done = false;
    outer.run([&] {
      task_group inner(pool);
      inner.run([&] { done = true; });
      inner.wait();
      explore_check(done, "x");
    });
    outer.wait();
  }));
}

}  // namespace
}  // namespace workbook
