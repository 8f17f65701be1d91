#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <waiting_room.hpp>

#include "05_stealing/stealing_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {
namespace {

using namespace harness;

constexpr const char* does_not_wait =
    "a thread that waits in the room does not sleep: it has come back, or it looks again and again";

TEST(WaitingRoom, WaitReturnsAtOnceIfThereIsNoReasonToSleep) {
  about("5.3",
        "What a thread waits for may have come before it: it looks once more before it sleeps, "
        "because nobody will wake it for what has happened already.");
  waiting_room room;
  step("the condition holds already");
  room.wait([] { return true; });
}

TEST(WaitingRoom, WaitSleeps) {
  about("5.3",
        "A thread that waits costs nothing: it sleeps until it is woken, without a time limit, and "
        "does not look again and again.");
  waiting_room room;
  std::atomic<bool> open = false;
  step("a thread waits: it sleeps");
  background sleeper([&] { room.wait([&] { return open.load(); }); });
  wait_until_asleep(1, does_not_wait);
  step("it is woken, and comes back");
  open = true;
  room.wake_one();
  EXPECT_EQ(sleeper.wait(), "");
}

TEST(WaitingRoom, WaitGoesOnUntilTheConditionHolds) {
  about("5.3",
        "To be woken is not to have what one waits for: another may have taken it. Look again, and "
        "if it is not there, sleep again.");
  waiting_room room;
  std::atomic<bool> open = false;
  std::atomic<int> looks = 0;
  step("a thread waits, and is woken although nothing has come");
  background sleeper([&] {
    room.wait([&] {
      ++looks;
      return open.load();
    });
    if (!open) fail_now("wait() has returned although its condition does not hold");
  });
  wait_until_asleep(1, does_not_wait);
  const int before = looks;
  room.wake_one();
  step("it looks again, and sleeps again");
  EXPECT_TRUE(eventually([&] { return looks > before; })) << "it was not woken";
  wait_until_asleep(1, does_not_wait);
  step("the second time it comes back");
  open = true;
  room.wake_all();
  EXPECT_EQ(sleeper.wait(), "");
}

TEST(WaitingRoom, WakeOneWakesOne) {
  about("5.3",
        "One job is work for one. Whoever wakes all of them has them fight for a processor and a "
        "lock, to find that the job has gone.");
  waiting_room room;
  std::atomic<bool> open = false;
  std::array<std::atomic<bool>, 4> has_looked{};  // a sleeper that is woken may look twice
  const auto lookers = [&] {
    return std::ranges::count_if(has_looked, [](const auto& each) { return each.load(); });
  };
  step("four threads wait");
  std::deque<background> sleepers;
  for (std::atomic<bool>& mine : has_looked) {
    sleepers.emplace_back([&] {
      room.wait([&] {
        mine = true;
        return open.load();
      });
    });
  }
  wait_until_asleep(4, does_not_wait);
  for (std::atomic<bool>& each : has_looked) each = false;
  step("one is woken, and looks whether there is something for it");
  room.wake_one();
  EXPECT_TRUE(eventually([&] { return lookers() > 0; })) << "nobody was woken";
  wait_until_asleep(4, does_not_wait);
  EXPECT_LE(lookers(), 2) << "all were woken, for one job";
  step("then all are woken, and come back");
  open = true;
  room.wake_all();
  for (background& sleeper : sleepers) EXPECT_EQ(sleeper.wait(), "");
}

TEST(WaitingRoom, WakeAllWakesAll) {
  about("5.3",
        "The end of the pool, or of a group, is news for all who wait: a notification for one "
        "leaves the others asleep for ever.");
  waiting_room room;
  std::atomic<bool> open = false;
  step("three threads wait");
  std::deque<background> sleepers;
  for (int i = 0; i < 3; ++i) {
    sleepers.emplace_back([&] { room.wait([&] { return open.load(); }); });
  }
  wait_until_asleep(3, does_not_wait);
  step("wake_all(): all three come back");
  open = true;
  room.wake_all();
  for (background& sleeper : sleepers) EXPECT_EQ(sleeper.wait(), "");
}

TEST(WaitingRoom, WakingNobodyIsNoMistake) {
  about("5.3", "Mostly nobody sleeps. A call that finds nobody is over, it is not kept for later.");
  waiting_room room;
  step("wake_one() and wake_all() in an empty room");
  room.wake_one();
  room.wake_all();
  step("a thread that comes later sleeps all the same");
  std::atomic<bool> open = false;
  background sleeper([&] {
    room.wait([&] { return open.load(); });
    if (!open) fail_now("wait() has returned although its condition does not hold");
  });
  wait_until_asleep(1, does_not_wait);
  open = true;
  room.wake_one();
  EXPECT_EQ(sleeper.wait(), "");
}

}  // namespace
}  // namespace workbook
