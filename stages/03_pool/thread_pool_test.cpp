#include <gtest/gtest.h>

#include <atomic>
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

#include "harness/background.hpp"
#include "harness/gate.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

/// Hands in a job that has to be accepted.
void execute(thread_pool& pool, job work) {
  EXPECT_EQ(pool.execute(std::move(work)), send_result::accepted);
}

/// Blocks until `pool` has nothing more to do than it was given before, if it has one worker.
void wait_for_the_worker(thread_pool& pool) {
  std::latch done(1);
  execute(pool, [&] { done.count_down(); });
  done.wait();
}

TEST(ThreadPool, NeedsAWorkerAndAQueue) {
  about("", "A pool without workers would accept jobs and never do them.");
  step("no workers; no room in the queue");
  EXPECT_THROW(thread_pool(0, 1), std::invalid_argument);
  EXPECT_THROW(thread_pool(1, 0), std::invalid_argument);
}

TEST(ThreadPool, StaysWhereItIs) {
  about("", "The workers refer to their pool: it can be neither copied nor moved.");
  EXPECT_FALSE(std::is_copy_constructible_v<thread_pool>);
  EXPECT_FALSE(std::is_move_constructible_v<thread_pool>);
  EXPECT_FALSE(std::is_move_assignable_v<thread_pool>);
}

TEST(ThreadPool, RunsOneJobAfterTheOther) {
  about("3.4", "A worker that ends after its first job leaves the others in the queue for ever.");
  thread_pool pool(1, 10);
  step("a pool with one worker gets three jobs");
  std::latch done(3);
  for (int i = 0; i < 3; ++i) execute(pool, [&] { done.count_down(); });
  step("all three are done, while the pool lives");
  done.wait();
}

TEST(ThreadPool, RunsTheOldestJobFirst) {
  about("3.4", "The queue is first in, first out; one worker does the jobs in that order.");
  std::vector<int> order;
  {
    thread_pool pool(1, 10);
    gate held;
    step("the worker is held in a job; jobs 1, 2, 3 wait");
    execute(pool, [&] { held.pass(); });
    for (int number : {1, 2, 3}) execute(pool, [&, number] { order.push_back(number); });
    step("the worker goes on");
    held.open();
    wait_for_the_worker(pool);
  }
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(ThreadPool, HasAsManyThreadsAsItWasGiven) {
  about("3.4", "As many threads as the constructor was told, started once: not one for each job.");
  const std::size_t before = thread_count();
  thread_pool pool(3, 100);
  step("a pool of three: three threads more");
  EXPECT_EQ(thread_count() - before, 3u);
  EXPECT_EQ(pool.size(), 3u);
  step("100 jobs are done by those three, and not by whoever hands them in");
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
  EXPECT_FALSE(workers.contains(std::this_thread::get_id())) << "execute() has done a job itself";
  EXPECT_EQ(thread_count() - before, 3u) << "threads were started for the jobs";
}

TEST(ThreadPool, RunsAJobOnEveryWorkerAtTheSameTime) {
  about("3.4",
        "The second job was never started while the first was running: something is held across "
        "the job that all workers need, a lock for instance.");
  gate held;
  thread_pool pool(3, 3);
  step("three jobs for three workers: all three come inside");
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
  about("3.4", "An idle worker sleeps until a job comes; it does not look again and again.");
  thread_pool pool(2, 1);
  step("two workers without a job: both sleep");
  EXPECT_TRUE(eventually([] { return threads_waiting_on_futex() == 2; }))
      << "an idle worker does not sleep, or it has ended";
}

TEST(ThreadPool, RunsJobsThatOwnWhatTheyNeed) {
  about("3.5",
        "A job may own what cannot be copied, such as a connection: it is moved all the way, and "
        "never copied.");
  thread_pool pool(1, 1);
  step("a job that owns a std::unique_ptr");
  std::latch done(1);
  int seen = 0;
  const auto make_job = [&]<class Owned>(Owned owned) {
    auto work = [&done, &seen, owned = std::move(owned)] {
      seen = *owned;
      done.count_down();
    };
    if constexpr (std::is_constructible_v<job, decltype(work)>) {
      execute(pool, job(std::move(work)));
      done.wait();
    }
  };
  make_job(std::make_unique<int>(7));
  EXPECT_EQ(seen, 7) << "a job cannot own what cannot be copied";
}

TEST(ThreadPool, RunsAJobOnceAndDestroysIt) {
  about("3.4",
        "When a job is done it is destroyed, with all that it owns, before its worker waits for "
        "the next. A worker that keeps it holds a connection, or memory, until another job comes.");
  thread_pool pool(1, 1);
  step("a job that owns something is done; no other comes");
  auto owned = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = owned;
  execute(pool, [owned = std::move(owned)] { ++*owned; });
  step("what it owned is gone, while the pool lives");
  EXPECT_TRUE(eventually([&] { return watched.expired(); })) << "the worker still has the job";
}

TEST(ThreadPool, ExecuteWaitsForRoom) {
  about("3.5",
        "execute() waits for room in the queue: that slows down whoever makes too many jobs.");
  gate held;
  thread_pool pool(1, 1);
  step("the worker is held in a job, and another fills the queue");
  std::atomic<int> done = 0;
  execute(pool, [&] { held.pass(); });
  held.wait_for_arrivals(1);
  execute(pool, [&] { ++done; });
  step("a third execute() waits");
  background submitter([&] { execute(pool, [&] { ++done; }); });
  // Two threads sleep: the worker in the gate, and the one that waits for room.
  ASSERT_TRUE(eventually([] { return threads_waiting_on_futex() == 2; }))
      << "it did not wait for room in the queue";
  step("the worker goes on, and everything is done");
  held.open();
  EXPECT_EQ(submitter.wait(), "");
  wait_for_the_worker(pool);
  EXPECT_EQ(done, 2);
}

TEST(ThreadPool, TryExecuteNeverWaits) {
  about("3.5",
        "try_execute() says `full` instead of waiting, and then the caller still has the job.");
  gate held;
  thread_pool pool(1, 1);
  step("the worker is held in a job, and another fills the queue");
  std::atomic<int> done = 0;
  execute(pool, [&] { held.pass(); });
  held.wait_for_arrivals(1);
  EXPECT_EQ(pool.try_execute([&] { ++done; }), send_result::accepted);
  step("a third is refused");
  job third = [&] { ++done; };
  EXPECT_EQ(pool.try_execute(std::move(third)), send_result::full);
  step("the worker goes on; the refused job can still be handed in");
  held.open();
  execute(pool, std::move(third));
  wait_for_the_worker(pool);
  EXPECT_EQ(done, 2) << "the refused job was not whole any more, or an accepted one was dropped";
}

TEST(ThreadPool, ExecuteMayBeCalledByAJob) {
  about("3.5", "A job may hand in another job: that needs no lock that its worker would hold.");
  thread_pool pool(1, 1);
  step("a job hands in a job");
  std::latch done(1);
  execute(pool, [&] { (void)pool.try_execute([&] { done.count_down(); }); });
  step("the second is done");
  done.wait();
}

TEST(ThreadPool, AThrowingJobCostsThatJob) {
  about("3.6",
        "An exception that leaves a worker's function ends the whole process; one that ends the "
        "loop ends the worker, and the pool gets smaller unseen. Catch it where the job is run.");
  thread_pool pool(2, 10);
  step("two jobs throw");
  for (int i = 0; i < 2; ++i) execute(pool, [] { throw std::runtime_error("no such file"); });
  step("both workers are still there: two jobs meet");
  std::latch both_are_here(2);
  std::latch done(2);
  for (int i = 0; i < 2; ++i) {
    execute(pool, [&] {
      both_are_here.arrive_and_wait();
      done.count_down();
    });
  }
  done.wait();
}

TEST(ThreadPool, AThrowingJobMayThrowAnything) {
  about("3.6", "C++ throws values of any type; only catch (...) catches them all.");
  thread_pool pool(1, 10);
  step("a job throws the number 42");
  execute(pool, [] { throw 42; });
  step("the next is done");
  wait_for_the_worker(pool);
}

TEST(ThreadPool, AThrowingJobIsCounted) {
  about("3.6", "A failure that nobody hears of is worse than a crash: failed_jobs() tells.");
  thread_pool pool(1, 10);
  EXPECT_EQ(pool.failed_jobs(), 0u);
  step("two of four jobs throw");
  for (int i = 0; i < 2; ++i) {
    execute(pool, [] {});
    execute(pool, [] { throw std::runtime_error("no such file"); });
  }
  wait_for_the_worker(pool);
  EXPECT_EQ(pool.failed_jobs(), 2u);
}

}  // namespace
}  // namespace workbook
