// Where the pool finds its jobs, and who does them.
#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <stealing_pool.hpp>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "05_stealing/stealing_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(StealingPool, NeedsAWorkerAndAJob) {
  about("", "A pool without workers would take jobs and never do them; no job is no job.");
  step("no workers");
  EXPECT_THROW(stealing_pool<>(0), std::invalid_argument);
  step("a job made of no function");
  void (*const nothing)() = nullptr;
  EXPECT_THROW(job{nothing}, std::invalid_argument);
}

TEST(StealingPool, StaysWhereItIs) {
  about("", "The workers refer to their pool: it can be neither copied nor moved.");
  EXPECT_FALSE(std::is_copy_constructible_v<stealing_pool<>>);
  EXPECT_FALSE(std::is_move_constructible_v<stealing_pool<>>);
}

TEST(StealingPool, DoesItsOwnJobsNewestFirst) {
  about("5.2",
        "What a job submits goes into the deque of its worker, which takes the newest first: the "
        "inbox is for other threads.");
  stealing_pool pool(1);
  std::vector<int> order;
  step("a job submits 1, 2, 3");
  pool.submit([&] {
    for (int number : {1, 2, 3}) pool.submit([&, number] { order.push_back(number); });
  });
  step("its worker does 3, 2, 1");
  wait_for_the_worker(pool);
  EXPECT_EQ(order, (std::vector{3, 2, 1}));
}

TEST(StealingPool, DoesTheInboxOldestFirst) {
  about("5.2",
        "What other threads submit lies in the inbox, and whoever waits longest is first: with the "
        "newest first, a busy pool would never come to the oldest.");
  std::vector<int> order;
  stealing_pool pool(1);
  gate held;
  step("the worker is held in a job; 1, 2, 3 are submitted from outside");
  pool.submit([&] { held.pass(); });
  held.wait_for_arrivals(1);
  for (int number : {1, 2, 3}) pool.submit([&, number] { order.push_back(number); });
  step("the worker goes on, and does 1, 2, 3");
  held.open();
  wait_for_the_worker(pool);
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(StealingPool, DoesItsOwnJobsBeforeTheInbox) {
  about("5.2",
        "A worker finishes what it has begun, with the jobs of its own deque, before it takes new "
        "work from the inbox.");
  std::vector<int> order;
  stealing_pool pool(1);
  gate held;
  step("job 1 submits job 2 and is held; job 3 comes from outside");
  pool.submit([&] {
    pool.submit([&] { order.push_back(2); });
    held.pass();
    order.push_back(1);
  });
  held.wait_for_arrivals(1);
  pool.submit([&] { order.push_back(3); });
  step("the worker goes on: 1, 2, 3");
  held.open();
  wait_for_the_worker(pool);
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(StealingPool, StealsTheOldest) {
  about("5.2",
        "Whoever has nothing steals from another worker's deque, and takes the oldest job there.");
  std::vector<int> order;
  stealing_pool pool(1);
  gate held;
  step("the worker has 1, 2, 3 in its deque, and is held");
  pool.submit([&] {
    for (int number : {1, 2, 3}) pool.submit([&, number] { order.push_back(number); });
    held.pass();
  });
  held.wait_for_arrivals(1);
  step("run_one() on another thread does the oldest of them");
  EXPECT_TRUE(pool.run_one()) << "it has not looked into the deque of the worker";
  EXPECT_EQ(order, std::vector{1});
  step("the worker goes on with the newest");
  held.open();
  wait_for_the_worker(pool);
  EXPECT_EQ(order, (std::vector{1, 3, 2}));
}

TEST(StealingPool, RunOneSaysWhetherThereWasAJob) {
  about("5.2", "Without a job find_work() comes back at once, with nothing: it does not wait.");
  stealing_pool pool(2);
  step("nothing was submitted");
  EXPECT_FALSE(pool.run_one());
}

TEST(StealingPool, FindsWorkWhereverItLies) {
  about("5.2",
        "Only one deque has a job, and its owner is busy: a worker that looks into one or two "
        "others and gives up leaves it there. Look into each, once.");
  stealing_pool pool(4);
  wait_until_idle(pool);
  gate held;
  step("each of three workers in turn submits a job, and is busy until somebody else has done it");
  for (std::size_t i = 1; i <= 3; ++i) {
    pool.submit([&] {
      std::latch done(1);
      pool.submit([&] { done.count_down(); });
      done.wait();
      held.pass();
    });
    held.wait_for_arrivals(i);
  }
  step("the fourth has done all three");
  held.open();
}

TEST(StealingPool, RunsAJobOnEveryWorkerAtTheSameTime) {
  about("5.2",
        "All workers work at the same time: nothing may be held across a job that others need, and "
        "a job that waits while a worker sleeps must wake it.");
  stealing_pool pool(3);
  wait_until_idle(pool);
  gate held;
  step("a job submits two more, and all three come inside");
  pool.submit([&] {
    for (int i = 0; i < 2; ++i) pool.submit([&] { held.pass(); });
    held.pass();
  });
  held.wait_for_arrivals(3);
  step("they go on");
  held.open();
}

TEST(StealingPool, RunsJobsWithoutHoldingALock) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("5.2",
        "A lock of a deque that is held while a job runs makes its owner wait for the thief's job. "
        "Take the job out, let the lock go, and only then do it.");
  stealing_pool pool(1);
  gate held;
  std::vector<int> held_mutexes;
  const auto count = [&] { held_mutexes.push_back(thread_probes::held_mutexes()); };
  step("a job from the inbox counts the mutexes that its thread holds; so do two that it submits");
  pool.submit([&] {
    count();
    for (int i = 0; i < 2; ++i) pool.submit(count);
    held.pass();
  });
  held.wait_for_arrivals(1);
  step("one of them is stolen, the other is done by the worker");
  EXPECT_TRUE(pool.run_one());
  held.open();
  wait_for_the_worker(pool);
  EXPECT_EQ(held_mutexes, (std::vector{0, 0, 0})) << "a mutex is held while a job runs";
}

TEST(StealingPool, DoesJobsOnItsWorkersOnly) {
  about("5.2", "Whoever submits a job goes on at once, and a worker does it.");
  stealing_pool pool(2);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::latch done(100);
  step("100 jobs are submitted");
  for (int i = 0; i < 100; ++i) {
    pool.submit([&] {
      {
        const std::scoped_lock lock(mutex);
        threads.insert(std::this_thread::get_id());
      }
      done.count_down();
    });
  }
  step("they are done by two threads at most, and not by whoever submits them");
  done.wait();
  EXPECT_LE(threads.size(), 2u);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id())) << "submit() has done a job itself";
}

TEST(StealingPool, DestroysAJobWhenItIsDone) {
  about("5.2",
        "A job is destroyed with all that it owns before its worker looks for the next one: it may "
        "own a connection.");
  stealing_pool pool(1);
  auto owned = std::make_shared<int>();
  const std::weak_ptr<int> watched = owned;
  step("a job that owns something is done; no other comes");
  pool.submit([owned = std::move(owned)] { ++*owned; });
  step("what it owned is gone, while the pool lives");
  EXPECT_TRUE(eventually([&] { return watched.expired(); })) << "the worker still has the job";
}

}  // namespace
}  // namespace workbook
