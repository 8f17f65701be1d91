// The pool under every schedule of a small scenario. Whoever waits for a job here waits for a latch
// that the job counts down: the end of the pool would wake the sleepers, and hide what was missed.
#include <gtest/gtest.h>

#include <latch>
#include <stealing_pool.hpp>
#include <system_error>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

class StealingPoolSchedules : public explored_test {};

TEST_F(StealingPoolSchedules, AJobMeetsAWorkerThatGoesToSleep) {
  about(
      "5.3",
      "The worker has looked everywhere, has found nothing, and is about to sleep; in this moment "
      "the job comes. Before it sleeps it has to look once more, after it has said that it is "
      "there.");
  step("a job is submitted to a pool of one, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] {
    stealing_pool pool(1);
    std::latch done(1);
    pool.submit([&] { done.count_down(); });
    done.wait();
  });
}

TEST_F(StealingPoolSchedules, TwoWorkersAndAnOutsideThread) {
  about("5.3",
        "Whatever the workers are doing when jobs come from outside (about to sleep, asleep, in a "
        "job), a job never waits while a worker sleeps: the second job wakes somebody too, also if "
        "nobody has taken the first one yet.");
  step("two jobs that wait for each other are submitted to a pool of two, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    stealing_pool pool(2);
    std::latch met(2);
    std::latch over(2);
    for (int i = 0; i < 2; ++i) {
      pool.submit([&] {
        met.arrive_and_wait();
        over.count_down();
      });
    }
    over.wait();
  });
}

TEST_F(StealingPoolSchedules, ABusyWorkersJobIsDoneByAnother) {
  about("5.2",
        "A job that a busy worker has submitted must be found by the other, wherever that one is: "
        "about to sleep, asleep, or looking. No job may lie where nobody can steal it.");
  step("a job submits another and waits until it has been done, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    stealing_pool pool(2);
    std::latch over(1);
    std::latch done(1);
    pool.submit([&] {
      pool.submit([&] { done.count_down(); });
      done.wait();
      over.count_down();
    });
    over.wait();
  });
}

TEST_F(StealingPoolSchedules, TwoWorkersStealFromEachOther) {
  about("5.2",
        "Two workers look into each other's deques at the same time. Whoever holds one lock while "
        "it takes another waits for a thread that does the same: never two locks at once.");
  step("each of two jobs submits a job, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    int first = 0;
    int second = 0;
    {
      stealing_pool pool(2);
      pool.submit([&] { pool.submit([&] { ++first; }); });
      pool.submit([&] { pool.submit([&] { ++second; }); });
    }
    explore_check(first == 1 && second == 1, "a job was lost, or done twice");
  });
}

TEST_F(StealingPoolSchedules, AnIdlePoolEnds) {
  about("5.6",
        "Workers that are about to sleep when the pool ends, and workers that sleep already: all "
        "of them have to hear of it.");
  step("a pool of two without a job is destroyed, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] { const stealing_pool pool(2); });
}

TEST_F(StealingPoolSchedules, TheEndLosesNoJob) {
  about("5.6",
        "Submitted means it will run. A worker that finds nothing, and hears only then of the end, "
        "may have missed what came in between: it has to look once more before it leaves.");
  step("a job is submitted and the pool is destroyed, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] {
    int done = 0;
    {
      stealing_pool pool(1);
      pool.submit([&] { ++done; });
    }
    explore_check(done == 1, "a job was lost, or done twice");
  });
}

TEST_F(StealingPoolSchedules, TheEndLosesNoJobOfAJob) {
  about("5.6",
        "Jobs that run while the pool ends may submit others, and those others again. A worker "
        "may leave when it finds nothing, but whoever submits to its own deque does not leave it.");
  step("a job of a job submits two, while the pool is destroyed, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    int first = 0;
    int second = 0;
    {
      stealing_pool pool(2);
      pool.submit([&] {
        pool.submit([&] {
          pool.submit([&] { ++first; });
          pool.submit([&] { ++second; });
        });
      });
    }
    explore_check(first == 1 && second == 1, "a job of a job was lost, or done twice");
  });
}

TEST_F(StealingPoolSchedules, AConstructorThatFailsHalfWay) {
  about("5.6",
        "The worker that exists may be anywhere when the second thread is refused: not begun, "
        "about to sleep, asleep. It has to end, wherever it is.");
  step("the second thread of a pool is refused, under every schedule");
  expect_every_schedule({.preemptions = 3}, [] {
    const thread_probes::fail_thread_creation second(2);
    bool thrown = false;
    try {
      const stealing_pool pool(2);
    } catch (const std::system_error&) {
      thrown = true;
    }
    explore_check(thrown, "the constructor did not say that there is no thread");
  });
}

}  // namespace
}  // namespace workbook
