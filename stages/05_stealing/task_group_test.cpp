// A group that is waited for, inside the pool and outside.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <task_group.hpp>
#include <thread>

#include "05_stealing/stealing_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {
namespace {

using namespace harness;

constexpr const char* does_not_sleep =
    "a thread that waits for a group, with nothing to do, does not sleep: it looks again and again";

TEST(TaskGroup, WaitsForAllItsJobs) {
  about("5.4", "wait() returns when all jobs of the group are done, whoever does them.");
  stealing_pool pool(2);
  task_group group(pool);
  std::atomic<int> done = 0;
  step("a group runs 100 jobs and is waited for");
  for (int i = 0; i < 100; ++i) group.run([&] { ++done; });
  group.wait();
  EXPECT_EQ(done, 100) << "wait() has returned before the jobs were done";
  step("the same group again");
  group.run([&] { ++done; });
  group.wait();
  EXPECT_EQ(done, 101);
}

TEST(TaskGroup, WaitsForNothingWhenItIsEmpty) {
  about("5.4", "A group without jobs is over already.");
  stealing_pool pool(1);
  step("wait() on a group that has run nothing");
  task_group group(pool);
  group.wait();
}

TEST(TaskGroup, WaitsForJobsThatItsJobsRun) {
  about("5.4",
        "A job of the group may run another job in the same group: the group is over when that one "
        "is done too.");
  stealing_pool pool(2);
  task_group group(pool);
  std::atomic<int> done = 0;
  step("each of three jobs runs another");
  for (int i = 0; i < 3; ++i) {
    group.run([&] {
      group.run([&] { ++done; });
      ++done;
    });
  }
  group.wait();
  EXPECT_EQ(done, 6) << "wait() has returned before the jobs of jobs were done";
}

TEST(TaskGroup, WaitsUntilTheJobsAreDestroyed) {
  about("5.4",
        "When wait() returns, whatever the jobs own is gone: whoever waits may destroy what their "
        "destructors use. A job is destroyed first, and then it counts as done.");
  stealing_pool pool(1);
  auto owned = std::make_shared<int>();
  const std::weak_ptr<int> watched = owned;
  gate held;
  struct slow_to_destroy {
    std::shared_ptr<int> owned;
    gate* held;
    ~slow_to_destroy() { held->pass(); }
  };
  std::unique_ptr<slow_to_destroy> last(new slow_to_destroy{std::move(owned), &held});
  step("a job is done; the destructor of what it owns is held");
  task_group group(pool);
  group.run([last = std::move(last)] {});
  held.wait_for_arrivals(1);
  step("wait() does not return yet");
  bool destroyed = false;
  background waiting([&] {
    group.wait();
    destroyed = watched.expired();
  });
  wait_until_asleep(2, "wait() has returned although the job still exists");
  held.open();
  EXPECT_EQ(waiting.wait(), "");
  EXPECT_TRUE(destroyed) << "wait() has returned although the job still exists";
}

TEST(TaskGroup, WaitOnTheOnlyWorkerDoesTheJobs) {
  about(
      "5.4",
      "A job waits for jobs that lie in the queue behind it. If its worker sleeps, nobody is left "
      "to do them: a worker that waits has to work meanwhile.");
  stealing_pool pool(1);
  task_group outer(pool);
  std::string order;
  step("the only worker waits for a group, three deep");
  outer.run([&] {
    task_group middle(pool);
    middle.run([&] {
      task_group inner(pool);
      inner.run([&] { order += 'c'; });
      inner.wait();
      order += 'b';
    });
    middle.wait();
    order += 'a';
  });
  outer.wait();
  EXPECT_EQ(order, "cba");
}

TEST(TaskGroup, WaitOfAWorkerSleepsWhileThereIsNothingToDo) {
  about("5.4",
        "The last job of the group runs elsewhere, and there is no other: a worker that waits "
        "sleeps then, and is woken when the group is over.");
  stealing_pool pool(2);
  gate held;
  std::latch over(1);
  task_group group(pool);
  step("a job of the group is held; another worker waits for the group: it sleeps");
  group.run([&] { held.pass(); });
  held.wait_for_arrivals(1);
  pool.submit([&] {
    group.wait();
    over.count_down();
  });
  wait_until_asleep(2, does_not_sleep);
  step("the job goes on: the worker comes back");
  held.open();
  over.wait();
}

TEST(TaskGroup, WaitOfAWorkerDoesWhatComesMeanwhile) {
  about("5.4",
        "A worker that waits does whatever job there is, not only those of its group or of its own "
        "deque: it may be the only one that has time. It has to be woken for it, too.");
  stealing_pool pool(2);
  gate held;
  std::latch over(1);
  task_group group(pool);
  step("one worker is held in a job of the group, the other waits for the group");
  group.run([&] { held.pass(); });
  held.wait_for_arrivals(1);
  pool.submit([&] {
    group.wait();
    over.count_down();
  });
  wait_until_asleep(2, does_not_sleep);
  step("a job comes that belongs to no group: the one that waits does it");
  wait_for_the_worker(pool);
  wait_until_asleep(2, does_not_sleep);
  step("the held job goes on, and the group is over");
  held.open();
  over.wait();
}

TEST(TaskGroup, WaitOfAnotherThreadSleeps) {
  about("5.4",
        "A thread that is no worker of the pool does no jobs: it sleeps until the group is over. "
        "It may have been given to something else, such as a window that has to answer.");
  stealing_pool pool(1);
  gate held;
  std::thread::id worker;
  task_group group(pool);
  group.run([&] { held.pass(); });
  group.run([&] { worker = std::this_thread::get_id(); });
  held.wait_for_arrivals(1);
  step("the only worker is held, a job waits, and another thread waits for the group: it sleeps");
  std::thread::id waiter;
  background waiting([&] {
    waiter = std::this_thread::get_id();
    group.wait();
  });
  wait_until_asleep(2, does_not_sleep);
  step("the worker goes on, and does the job");
  held.open();
  EXPECT_EQ(waiting.wait(), "");
  EXPECT_NE(worker, waiter) << "the thread that waits has done a job";
}

TEST(TaskGroup, WaitInAJobOfAnotherPool) {
  about("5.4",
        "A worker of another pool is any thread: it does not do the jobs of this one, and above "
        "all not those of its own pool in their place. It sleeps until the group is over.");
  stealing_pool other(1);
  stealing_pool pool(1);
  bool done = false;
  std::latch over(1);
  step("a job of one pool waits for a group of another");
  other.submit([&] {
    task_group group(pool);
    group.run([&] { done = pool.is_worker(); });
    group.wait();
    over.count_down();
  });
  over.wait();
  EXPECT_TRUE(done) << "the job was done by a thread that is no worker of its pool";
}

TEST(TaskGroup, DestructorWaits) {
  about("5.4",
        "The jobs refer to their group, and mostly to what lies beside it: as long as one is "
        "unfinished, the group cannot go.");
  stealing_pool pool(1);
  gate held;
  std::optional<task_group<stealing_pool<>>> group(std::in_place, pool);
  group->run([&] { held.pass(); });
  held.wait_for_arrivals(1);
  step("a job is held; the group is destroyed: that waits");
  background destroying([&] { group.reset(); });
  wait_until_asleep(2, "the group was destroyed while one of its jobs was running");
  step("the job goes on");
  held.open();
  EXPECT_EQ(destroying.wait(), "");
}

}  // namespace
}  // namespace workbook
