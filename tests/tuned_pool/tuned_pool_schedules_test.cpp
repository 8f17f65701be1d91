// The tuned room, and the pool that has it, under every schedule of a small scenario.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stealing_pool.hpp>
#include <task_group.hpp>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"
#include "owned_deque.hpp"
#include "tuned_room.hpp"

namespace workbook {
namespace {

using namespace harness;

using tuned_pool = stealing_pool<bench::owned_deque, bench::tuned_room>;

class TunedRoomSchedules : public explored_test {};
class TunedPoolSchedules : public explored_test {};

TEST_F(TunedRoomSchedules, AChangeIsNeverMissed) {
  about("", "Who is about to sleep is counted before it looks, and called while it sleeps.");
  step("a thread waits for one change and then for another, under every schedule");
  expect_every_schedule({.preemptions = 3}, [] {
    bench::tuned_room room;
    std::atomic<int> changes = 0;
    const auto waits = named_thread("sleeper", [&] {
      room.wait([&] { return changes >= 1; });
      room.wait([&] { return changes >= 2; });
    });
    for (int i = 0; i < 2; ++i) {
      ++changes;
      room.wake_one();
    }
  });
}

TEST_F(TunedRoomSchedules, TwoChangesWakeTwoSleepers) {
  about("", "Who was called is not counted any more: the next call is for another one.");
  step("two threads wait for a ticket each; two tickets come, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 1}, [] {
    bench::tuned_room room;
    std::atomic<int> tickets = 0;
    const auto take = [&] {
      bool taken = false;
      while (!taken) {
        room.wait([&] { return tickets > 0; });
        int left = tickets;
        taken = left > 0 && tickets.compare_exchange_strong(left, left - 1);
      }
    };
    const auto first = named_thread("sleeper", take);
    const auto second = named_thread("sleeper", take);
    for (int i = 0; i < 2; ++i) {
      ++tickets;
      room.wake_one();
    }
  });
}

TEST_F(TunedRoomSchedules, ACallForAllReachesWhoWasCalledBefore) {
  about("",
        "A thread that was called looks, finds nothing, and counts itself again: it hears of all.");
  step("two threads wait for the end; one is called in vain before it, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] {
    bench::tuned_room room;
    std::atomic<bool> over = false;
    const auto until_over = [&] { room.wait([&] { return over.load(); }); };
    const auto first = named_thread("sleeper", until_over);
    const auto second = named_thread("sleeper", until_over);
    room.wake_one();
    over = true;
    room.wake_all();
  });
}

TEST_F(TunedPoolSchedules, TwoJobsThatWaitForEachOther) {
  about("", "The second job wakes the second worker, also while the first one is on its way.");
  step("two jobs that wait for each other are submitted to a pool of two, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    tuned_pool pool(2);
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

TEST_F(TunedPoolSchedules, TheEndLosesNoJobOfAJob) {
  about("", "An owner that remembers an empty deque puts a job in, and looks again.");
  step("a job of a job submits two, while the pool is destroyed, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    int first = 0;
    int second = 0;
    {
      tuned_pool pool(2);
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

TEST_F(TunedPoolSchedules, AJobComesWhileAGroupEnds) {
  about(
      "",
      "The worker that was called for the job leaves, because its group is over, and is busy: the "
      "other one has to do the job.");
  step("a worker waits for a group, then for a job from outside, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    tuned_pool pool(2);
    task_group<tuned_pool> outer(pool);
    std::latch done(1);
    outer.run([&] {
      task_group<tuned_pool> inner(pool);
      inner.run([] {});
      inner.wait();
      done.wait();
    });
    pool.submit([&] { done.count_down(); });
    outer.wait();
  });
}

}  // namespace
}  // namespace workbook
