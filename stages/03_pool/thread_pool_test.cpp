#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <thread_pool.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "03_pool/channel_fixture.hpp"
#include "03_pool/pool_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

/// Ends the test, in words of its own, unless the workers of a new pool come to wait for a job.
void wait_until_idle(std::size_t workers) {
  if (eventually([&] { return threads_waiting_on_futex() == workers; })) return;
  about("3.4",
        "A worker lives as long as its pool: while there is no job it sleeps in the queue, and it "
        "leaves its loop only when no more jobs will ever come.");
  fail_now(
      "a worker of a new pool does not wait for jobs: it has ended, or it keeps checking in a "
      "loop");
}

TEST(ThreadPool, NeedsAWorkerAndAQueue) {
  about("", "A pool without workers would accept jobs and never do them.");
  step("no workers; no room in the queue");
  EXPECT_THROW(thread_pool(0, 1), std::invalid_argument);
  EXPECT_THROW(thread_pool(1, 0), std::invalid_argument);
}

TEST(ThreadPool, StaysWhereItIs) {
  about("", "The workers refer to their pool, so it must not be copied or moved.");
  EXPECT_FALSE(std::is_copy_constructible_v<thread_pool>);
  EXPECT_FALSE(std::is_move_constructible_v<thread_pool>);
  EXPECT_FALSE(std::is_move_assignable_v<thread_pool>);
}

TEST(ThreadPool, RunsOneJobAfterTheOther) {
  about("3.4",
        "A worker that ends after its first job leaves the other jobs in the queue for ever.");
  thread_pool pool(1, 10);
  step("a pool with one worker waits for jobs, and gets three");
  wait_until_idle(1);
  std::latch done(3);
  for (int i = 0; i < 3; ++i) execute(pool, [&] { done.count_down(); });
  step("all three are done, while the pool lives");
  done.wait();
}

TEST(ThreadPool, RunsTheOldestJobFirst) {
  about("3.4", "The queue is first in, first out; a single worker does the jobs in that order.");
  std::vector<int> order;
  {
    thread_pool pool(1, 10);
    gate held;
    step("the worker is held in a job; jobs 1, 2, 3 wait");
    wait_until_idle(1);
    execute(pool, [&] { held.pass(); });
    for (int number : {1, 2, 3}) execute(pool, [&, number] { order.push_back(number); });
    step("the worker goes on");
    held.open();
    wait_for_the_worker(pool);
  }
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(ThreadPool, HasAsManyThreadsAsItWasGiven) {
  about("3.4",
        "The pool starts as many threads as its constructor was told, once: not one for each job.");
  const std::size_t before = thread_count();
  thread_pool pool(3, 100);
  step("a pool of three: there are three more threads");
  EXPECT_EQ(thread_count() - before, 3u);
  EXPECT_EQ(pool.size(), 3u);
  step("100 jobs are done by those three, and not by the thread that hands them in");
  std::mutex mutex;
  std::set<std::thread::id> workers;
  std::latch done(100);
  for (int i = 0; i < 100; ++i) {
    execute(pool, [&] {
      {
        const std::scoped_lock lock(mutex);
        workers.insert(std::this_thread::get_id());
      }
      done.count_down();
    });
  }
  done.wait();
  EXPECT_LE(workers.size(), 3u);
  EXPECT_FALSE(workers.contains(std::this_thread::get_id())) << "execute() did a job itself";
  EXPECT_EQ(thread_count() - before, 3u) << "threads were started for the jobs";
}

TEST(ThreadPool, RunsAJobOnEveryWorkerAtTheSameTime) {
  about("3.4",
        "The second job was never started while the first was running: a worker holds something "
        "during its job that all workers need, such as a lock.");
  gate held;
  thread_pool pool(3, 3);
  step("three jobs for three workers: all three come inside");
  wait_until_idle(3);
  for (int i = 0; i < 3; ++i) execute(pool, [&] { held.pass(); });
  held.wait_for_arrivals(3);
  step("they go on");
  held.open();
}

TEST(ThreadPool, RunsJobsWithoutHoldingALock) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("3.4",
        "A lock that is held while a job runs makes all other workers wait for that job. Its scope "
        "is too wide: it must end before the job begins.");
  thread_pool pool(1, 1);
  step("a job counts the mutexes that its thread holds");
  wait_until_idle(1);
  int held = -1;
  std::latch done(1);
  execute(pool, [&] {
    held = thread_probes::held_mutexes();
    done.count_down();
  });
  done.wait();
  EXPECT_EQ(held, 0) << "a mutex is held while the job runs";
}

TEST(ThreadPool, RunsNothingWhileThereIsNothingToDo) {
  about("3.4", "An idle worker sleeps until a job comes; it does not keep checking in a loop.");
  thread_pool pool(2, 1);
  step("two workers without a job: both sleep");
  EXPECT_TRUE(eventually([] { return threads_waiting_on_futex() == 2; }))
      << "an idle worker does not sleep, or it has ended";
}

TEST(ThreadPool, RunsAJobOnceAndDestroysIt) {
  about("3.4",
        "When a job is done it is destroyed, with everything it owns, before its worker waits for "
        "the next. A worker that keeps it holds a connection, or memory, until another job comes.");
  thread_pool pool(1, 1);
  step("a job that owns something is done; no other comes");
  wait_until_idle(1);
  auto owned = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = owned;
  execute(pool, [owned = std::move(owned)] { ++*owned; });
  step("what it owned is gone, while the pool lives");
  EXPECT_TRUE(eventually([&] { return watched.expired(); })) << "the worker still has the job";
}

}  // namespace
}  // namespace workbook
