// The group under every schedule of a small scenario.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <task_group.hpp>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class TaskGroupSchedules : public explored_test {};

TEST_F(TaskGroupSchedules, AGroupEndsWhileAnotherThreadWaits) {
  about("5.4",
        "The last job ends while a thread outside looks, is about to sleep, or sleeps: it has to "
        "be woken. And when wait() returns, the group may be destroyed at once: whoever ends the "
        "last job must not touch it any more.");
  step("a thread waits for a group and destroys it, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] {
    stealing_pool pool(1);
    auto group = std::make_unique<task_group<stealing_pool<>>>(pool);
    int done = 0;
    group->run([&] { ++done; });
    group->wait();
    explore_check(done == 1, "wait() has returned before the job was done");
    group.reset();
  });
}

TEST_F(TaskGroupSchedules, AGroupOfTwoEndsOnTwoWorkers) {
  about("5.4",
        "Two workers end the last two jobs at the same time: exactly one of them is the last, and "
        "that one wakes whoever waits.");
  step("a group of two jobs on two workers is waited for, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    stealing_pool pool(2);
    auto group = std::make_unique<task_group<stealing_pool<>>>(pool);
    std::array<int, 2> done{};
    for (int& each : done) group->run([&each] { ++each; });
    group->wait();
    explore_check(done == std::array{1, 1}, "wait() has returned before both jobs were done");
    group.reset();
  });
}

TEST_F(TaskGroupSchedules, AJobRunsAnotherInItsGroup) {
  about("5.4",
        "A job that is handed to the group counts before anybody can do it. If it is counted "
        "afterwards it may be over before, and then one is missing: wait() returns while a job of "
        "the group still runs.");
  step("a job runs another one in its group, which is waited for, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    stealing_pool pool(2);
    task_group group(pool);
    int first = 0;
    int second = 0;
    group.run([&] {
      group.run([&] { ++second; });
      ++first;
    });
    group.wait();
    explore_check(first == 1 && second == 1, "wait() has returned before the jobs were done");
  });
}

TEST_F(TaskGroupSchedules, NestedWaitsOnOneWorker) {
  about("5.4",
        "The only worker waits for jobs that nobody else can do: it has to do them itself, "
        "wherever they lie.");
  step("a job of a group waits for a group of its own, on one worker, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    stealing_pool pool(1);
    task_group outer(pool);
    outer.run([&] {
      int done = 0;
      task_group inner(pool);
      inner.run([&] { ++done; });
      inner.wait();
      explore_check(done == 1, "wait() has returned before the job was done");
    });
    outer.wait();
  });
}

TEST_F(TaskGroupSchedules, NestedWaitsOnTwoWorkers) {
  about("5.4",
        "The other worker has stolen the job: the one that waits finds nothing to do, sleeps, and "
        "must be woken when that job is over. It is a sleeper like any other.");
  step("a job of a group waits for a group of its own, on two workers, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    stealing_pool pool(2);
    task_group outer(pool);
    outer.run([&] {
      int done = 0;
      task_group inner(pool);
      inner.run([&] { ++done; });
      inner.wait();
      explore_check(done == 1, "wait() has returned before the job was done");
    });
    outer.wait();
  });
}

TEST_F(TaskGroupSchedules, AWaitHelpsWithWhatLiesInTheInbox) {
  about("5.4",
        "The job that a worker waits for need not lie in its own deque: here it lies in the inbox, "
        "and there is no other worker. Helping means to look wherever a worker looks.");
  step("the only worker waits for a group that another thread fills, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    stealing_pool pool(1);
    task_group filled_from_outside(pool);
    task_group waiting(pool);
    waiting.run([&] { filled_from_outside.wait(); });
    int done = 0;
    filled_from_outside.run([&] { ++done; });
    waiting.wait();
    filled_from_outside.wait();
    explore_check(done == 1, "a job was lost, or done twice");
  });
}

TEST_F(TaskGroupSchedules, OneOfTwoFailuresIsTold) {
  about("5.5",
        "Two jobs fail at the same time on two workers: one of the failures is kept, whole, and "
        "wait() tells it. Who is the first is decided in one step.");
  step("two jobs of a group throw, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    stealing_pool pool(2);
    task_group group(pool);
    for (int number : {1, 2}) group.run([number] { throw number; });
    int thrown = 0;
    try {
      group.wait();
    } catch (int number) {
      thrown = number;
    }
    explore_check(thrown != 0, "wait() has told no failure");
  });
}

}  // namespace
}  // namespace workbook
