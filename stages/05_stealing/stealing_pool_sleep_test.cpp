// How the workers sleep, and what wakes them.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stealing_pool.hpp>

#include "05_stealing/stealing_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(StealingPoolSleep, IdleWorkersSleep) {
  about_idle_workers();
  step("three workers without a job: all sleep");
  stealing_pool pool(3);
  wait_until_idle(pool);
  step("three jobs later they sleep again");
  std::latch done(3);
  for (int i = 0; i < 3; ++i) pool.submit([&] { done.count_down(); });
  done.wait();
  wait_until_idle(pool);
}

TEST(StealingPoolSleep, AJobFromOutsideWakesAWorker) {
  about("5.3", "A worker that sleeps has to learn that there is a job: submit() wakes it.");
  stealing_pool pool(2);
  wait_until_idle(pool);
  step("both workers sleep; a job is submitted, twice");
  for (int i = 0; i < 2; ++i) {
    wait_for_the_worker(pool);
    wait_until_idle(pool);
  }
}

TEST(StealingPoolSleep, AJobOfAWorkerWakesAnother) {
  about("5.3",
        "A job in a worker's own deque is for all who have nothing to do: submit() wakes a sleeper "
        "for it too, not only for a job in the inbox.");
  stealing_pool pool(2);
  wait_until_idle(pool);
  step("a job submits another, and is busy until that one has been done");
  std::latch done(1);
  std::latch over(1);
  pool.submit([&] {
    pool.submit([&] { done.count_down(); });
    done.wait();
    over.count_down();
  });
  over.wait();
}

TEST(StealingPoolSleep, OneJobWakesOneWorker) {
  about("5.3",
        "One job is work for one worker. Whoever wakes all of them has them look into every deque, "
        "to find that the job has gone.");
  stealing_pool pool(4);
  wait_until_idle(pool);
  const auto before = thread_probes::counts();
  step("four workers sleep; one job is submitted, and done");
  wait_for_the_worker(pool);
  wait_until_idle(pool);
  EXPECT_LE(thread_probes::counts().waits - before.waits, 2) << "all workers were woken";
}

TEST(StealingPoolSleep, SubmitNeverWaits) {
  about("5.2", "submit() puts the job where there is room, and goes on: it never blocks.");
  stealing_pool pool(1);
  gate held;
  std::atomic<int> done = 0;
  step("the worker is held in a job, and 1000 more are submitted");
  pool.submit([&] { held.pass(); });
  held.wait_for_arrivals(1);
  for (int i = 0; i < 1000; ++i) pool.submit([&] { ++done; });
  EXPECT_EQ(done, 0) << "submit() has done a job itself";
  step("it goes on: all are done");
  held.open();
  wait_for_the_worker(pool);
  EXPECT_EQ(done, 1000);
}

TEST(StealingPoolSleep, AJobOfAnotherPoolIsAThreadFromOutside) {
  about("5.2",
        "A worker of one pool is any thread to another: what it submits there goes into the inbox "
        "of that pool, not into the deque with its number.");
  stealing_pool other(2);
  stealing_pool pool(1);
  wait_until_workers_sleep(3);
  std::latch done(2);
  step("each worker of a pool of two submits a job to a pool of one");
  std::latch both(2);
  for (int i = 0; i < 2; ++i) {
    other.submit([&] {
      both.arrive_and_wait();
      EXPECT_FALSE(pool.is_worker());
      pool.submit([&] {
        EXPECT_TRUE(pool.is_worker());
        EXPECT_FALSE(other.is_worker());
        done.count_down();
      });
    });
  }
  step("the pool of one does both");
  done.wait();
}

}  // namespace
}  // namespace workbook
