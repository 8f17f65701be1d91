// The waiting room under every schedule of a small scenario.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <waiting_room.hpp>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class WaitingRoomSchedules : public explored_test {};

TEST_F(WaitingRoomSchedules, OneChangeWakesASleeper) {
  about("5.3",
        "A thread has looked, found nothing, and is about to sleep. What comes in this moment must "
        "not be missed: first say that you are here, then look again, then sleep.");
  step("a thread waits for a flag, another sets it and wakes one, under every schedule");
  EXPECT_TRUE(every_schedule({.preemptions = 3}, [] {
    waiting_room room;
    std::atomic<bool> open = false;
    const std::jthread sleeper([&] { room.wait([&] { return open.load(); }); });
    open = true;
    room.wake_one();
  }));
}

TEST_F(WaitingRoomSchedules, TwoChangesWakeTwoSleepers) {
  about("5.3",
        "Two jobs for two sleepers, and each is woken once: nobody may sleep on beside a job.");
  step("two threads wait for a ticket each; two tickets come, under every schedule");
  EXPECT_TRUE(every_schedule({.preemptions = 2, .surprises = 0}, [] {
    waiting_room room;
    std::atomic<int> tickets = 0;
    const auto take = [&] {
      room.wait([&] {
        if (tickets == 0) return false;
        --tickets;
        return true;
      });
    };
    const std::jthread first(take);
    const std::jthread second(take);
    for (int i = 0; i < 2; ++i) {
      ++tickets;
      room.wake_one();
    }
  }));
}

}  // namespace
}  // namespace workbook
