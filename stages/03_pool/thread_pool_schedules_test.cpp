// The pool under every schedule of a small scenario.
#include <gtest/gtest.h>

#include <latch>
#include <optional>
#include <system_error>
#include <thread_pool.hpp>
#include <utility>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

class PoolSchedules : public explored_test {};

void hand_in(thread_pool& pool, job work) {
  explore_check(pool.execute(std::move(work)) == send_result::accepted, "a job was refused");
}

TEST_F(PoolSchedules, ShutdownLosesNoJob) {
  about("3.7",
        "Whatever the workers are doing when the pool is destroyed (about to sleep, about to take "
        "a job, in a job): every accepted job gets done, and every worker ends.");
  step("a pool of two does two jobs and is destroyed, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    int done_1 = 0;
    int done_2 = 0;
    {
      thread_pool pool(2, 1);
      hand_in(pool, [&] { ++done_1; });
      hand_in(pool, [&] { ++done_2; });
    }
    explore_check(done_1 == 1 && done_2 == 1, "a job was lost, or done twice");
  });
}

TEST_F(PoolSchedules, AnIdlePoolEnds) {
  about("3.7",
        "Some workers are about to sleep when the queue is closed, others are already asleep: all "
        "of them have to wake up, learn that no job will ever come, and leave their loop.");
  step("a pool of two without a job is destroyed, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] { const thread_pool pool(2, 1); });
}

TEST_F(PoolSchedules, NoFailureIsLost) {
  about("3.6",
        "Two workers count a failed job at the same time. To read, to add and to write must be one "
        "step: `n = n + 1` is two steps, even on an atomic, and on a plain number it is a data "
        "race.");
  step("two jobs throw, then two others meet on the two workers, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    std::latch all_are_here(3);  // a worker that is here has counted what its last job threw
    thread_pool pool(2, 4);
    for (int i = 0; i < 2; ++i) hand_in(pool, [] { throw 42; });
    for (int i = 0; i < 2; ++i) hand_in(pool, [&] { all_are_here.arrive_and_wait(); });
    all_are_here.arrive_and_wait();
    explore_check(pool.failed_jobs() == 2, "a failed job was not counted");
  });
}

TEST_F(PoolSchedules, AJobHandsInAJob) {
  about("3.5",
        "A job hands in a job: that one gets done, or is refused because the pool is closed.");
  step("a job hands in a job while the pool is destroyed, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] {
    send_result answer = send_result::full;
    bool done = false;
    {
      thread_pool pool(1, 1);
      hand_in(pool, [&] { answer = pool.try_execute([&] { done = true; }); });
    }
    explore_check(done == (answer == send_result::accepted),
                  "a job was accepted and not done, or done and not accepted");
  });
}

TEST_F(PoolSchedules, AConstructorThatFailsHalfWay) {
  about("3.4",
        "The worker that exists may be anywhere when the second thread is refused: not started "
        "yet, about to sleep, asleep. It has to end, wherever it is.");
  step("the second thread of a pool is refused, under every schedule");
  expect_every_schedule({.preemptions = 3}, [] {
    const thread_probes::fail_thread_creation second(2);
    bool thrown = false;
    try {
      const thread_pool pool(2, 1);
    } catch (const std::system_error&) {
      thrown = true;
    }
    explore_check(thrown, "the constructor did not report that a thread was refused");
  });
}

}  // namespace
}  // namespace workbook
