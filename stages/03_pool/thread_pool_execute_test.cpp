// What execute() and try_execute() promise, and what becomes of a job that throws.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread_pool.hpp>
#include <type_traits>
#include <utility>

#include "03_pool/channel_fixture.hpp"
#include "03_pool/pool_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(ThreadPool, RunsJobsThatOwnWhatTheyNeed) {
  about("3.5",
        "A job may own something that cannot be copied, such as a connection: it is moved all the "
        "way, and never copied.");
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
  EXPECT_EQ(seen, 7) << "a job cannot own something that cannot be copied";
}

TEST(ThreadPool, ExecuteWaitsForRoom) {
  about(
      "3.5",
      "execute() waits for room in the queue: that slows down a caller that makes too many jobs.");
  gate held;
  thread_pool pool(1, 1);
  step("the worker is held in a job, and another fills the queue");
  std::atomic<int> done = 0;
  execute(pool, [&] { held.pass(); });
  held.wait_for_arrivals(1);
  execute(pool, [&] { ++done; });
  step("a third execute() waits");
  std::atomic<bool> returned = false;
  background submitter([&] {
    execute(pool, [&] { ++done; });
    returned = true;
  });
  // Two threads sleep: the worker in the gate, and the one that waits for room.
  if (!eventually([&] { return returned || threads_waiting_on_futex() == 2; })) {
    fail_now("it does not sleep while it waits for room: it keeps checking in a loop");
  }
  if (returned) fail_now("it did not wait for room in the queue");
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
  const auto before = thread_probes::counts();
  EXPECT_EQ(pool.try_execute([&] { ++done; }), send_result::accepted);
  step("a third is refused, without waiting");
  job third = [&] { ++done; };
  EXPECT_EQ(pool.try_execute(std::move(third)), send_result::full);
  EXPECT_EQ(thread_probes::counts().waits, before.waits) << "it waited for room";
  EXPECT_EQ(thread_probes::counts().sleeps, before.sleeps) << "it slept and tried again";
  step("the worker goes on; the refused job can still be handed in");
  held.open();
  execute(pool, std::move(third));
  wait_for_the_worker(pool);
  EXPECT_EQ(done, 2) << "the refused job was no longer intact, or an accepted one was dropped";
}

TEST(ThreadPool, ExecuteMayBeCalledByAJob) {
  about("3.5",
        "A job may hand in another job, so its worker must not hold a lock that this needs.");
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
        "loop ends the worker, and the pool shrinks without anybody noticing. Catch it where the "
        "job is run.");
  thread_pool pool(2, 10);
  step("two jobs throw");
  for (int i = 0; i < 2; ++i) execute(pool, [] { throw std::runtime_error("no such file"); });
  step("both workers are still there: two jobs wait for each other");
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
  step("the next is done, and the failure is counted");
  wait_for_the_worker(pool);
  EXPECT_EQ(pool.failed_jobs(), 1u);
}

TEST(ThreadPool, AThrowingJobIsCounted) {
  about("3.6", "A failure that nobody hears of is worse than a crash: failed_jobs() counts it.");
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
