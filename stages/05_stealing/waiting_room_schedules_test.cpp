// The waiting room under every schedule of a small scenario: with interruptions, spurious wakeups
// and every choice of the woken thread.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>
#include <utility>
#include <waiting_room.hpp>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class WaitingRoomSchedules : public explored_test {};

std::jthread sleeper(std::function<void()> code) {
  return std::jthread([code = std::move(code)] {
    explore_name_thread("sleeper");
    code();
  });
}

TEST_F(WaitingRoomSchedules, AChangeIsNeverMissed) {
  about("5.3",
        "A thread has looked, has found nothing, and is about to sleep. What comes in this moment "
        "wakes nobody, and it sleeps for ever beside it. First say that you are here, then look "
        "again, then sleep; and whoever wakes must not come between the last two.");
  step("a thread waits for a flag; another sets it and wakes one, under every schedule");
  const auto scenario = [] {  // not inside the macro: there all lines would have one number
    waiting_room room;
    std::atomic<bool> open = false;
    explore_name(&open, "open");
    const auto waits = sleeper([&] {
      room.wait([&] { return open.load(); });
      explore_check(open, "wait() has returned although its condition does not hold");
    });
    open = true;
    room.wake_one();
  };
  expect_every_schedule({.preemptions = 3}, scenario);
}

TEST_F(WaitingRoomSchedules, TwoChangesWakeTwoSleepers) {
  about("5.3",
        "Two jobs for two sleepers, and one call for each: both have to wake up. A call that is "
        "left out because somebody was woken before leaves a thread asleep beside a job.");
  step("two threads wait for a ticket each; two tickets come, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    waiting_room room;
    std::atomic<int> tickets = 0;
    const auto take = [&] {
      bool taken = false;
      while (!taken) {
        room.wait([&] { return tickets > 0; });
        int left = tickets;
        taken = left > 0 && tickets.compare_exchange_strong(left, left - 1);
      }
    };
    const auto first = sleeper(take);
    const auto second = sleeper(take);
    for (int i = 0; i < 2; ++i) {
      ++tickets;
      room.wake_one();
    }
  });
}

TEST_F(WaitingRoomSchedules, TheEndReachesAll) {
  about("5.3",
        "wake_all() is for the end: whoever sleeps and whoever is about to sleep has to hear of "
        "it, because nothing else will come.");
  step("two threads wait for the end, which comes, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] {
    waiting_room room;
    std::atomic<bool> over = false;
    const auto until_over = [&] { room.wait([&] { return over.load(); }); };
    const auto first = sleeper(until_over);
    const auto second = sleeper(until_over);
    over = true;
    room.wake_all();
  });
}

TEST_F(WaitingRoomSchedules, AllAreWokenWhateverTheyWaitFor) {
  about("5.3",
        "Who sleeps in one room need not wait for the same thing. One that looks in vain sleeps "
        "again, and must not use up what was meant to wake another.");
  step("two threads wait for different flags; one is set, then the other, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    waiting_room room;
    std::atomic<bool> one = false;
    std::atomic<bool> other = false;
    const auto waits_longer = sleeper([&] { room.wait([&] { return other.load(); }); });
    {
      const auto waits = sleeper([&] { room.wait([&] { return one.load(); }); });
      one = true;
      room.wake_all();
    }
    other = true;
    room.wake_all();
  });
}

TEST_F(WaitingRoomSchedules, TheSecondWaitIsAsGoodAsTheFirst) {
  about("5.3",
        "A thread that was woken leaves the room as it has found it: the next one to wait must be "
        "woken as well.");
  step("a thread waits for one change and then for another, under every schedule");
  expect_every_schedule({.preemptions = 2}, [] {
    waiting_room room;
    std::atomic<int> changes = 0;
    const auto waits = sleeper([&] {
      room.wait([&] { return changes >= 1; });
      room.wait([&] { return changes >= 2; });
    });
    for (int i = 0; i < 2; ++i) {
      ++changes;
      room.wake_one();
    }
  });
}

}  // namespace
}  // namespace workbook
