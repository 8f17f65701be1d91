#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "06_async/loop_fixture.hpp"
#include "async/coroutine_frame.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "support/os_thread_id.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

task<> sleeps(event_loop& loop, event_loop::time_point until, int number, std::vector<int>& woken,
              wait_result& result) {
  const wait_result slept = co_await loop.sleep_until(until);
  woken.push_back(number);
  result = slept;
}

TEST(Sleeping, WakesTheEarliestFirst) {
  about("6.5", "Whose time has come is woken, the earliest first, however they came to sleep.");
  tested_loop tested;
  std::vector<int> woken;
  std::vector<wait_result> results(3, wait_result::ready);
  const auto now = event_loop::clock::now();
  step("three coroutines sleep until moments that have passed already: 2, 3 and 1 s ago");
  tested.run_to_the_end([](event_loop& loop, auto past, auto& order, auto& found) -> task<> {
    loop.spawn(sleeps(loop, past - 2s, 2, order, found[0]));
    loop.spawn(sleeps(loop, past - 3s, 1, order, found[1]));
    loop.spawn(sleeps(loop, past - 1s, 3, order, found[2]));
    task<bool> coming = within_turns(loop, [&] { return !(order.size() < 3); });
    EXPECT_TRUE(co_await coming);
  }(tested.loop(), now, woken, results));
  EXPECT_EQ(woken, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(results, std::vector<wait_result>(3, wait_result::timed_out));
}

TEST(Sleeping, WakesAllWhoseTimeHasCome) {
  if (!io_probes_available()) GTEST_SKIP() << "calls are not probed in this build";
  about("6.5", "Ten thousand clients of /sleep have the same deadline: one turn wakes them all.");
  tested_loop tested;
  std::vector<int> woken;
  wait_result result = wait_result::ready;
  const auto past = event_loop::clock::now() - 1s;
  step("a thousand coroutines sleep until the same moment, which has passed");
  const auto before = calls_made(io_call::epoll_wait);
  tested.run_to_the_end([](event_loop& loop, auto when, auto& order, auto& found) -> task<> {
    for (int i = 0; i < 1000; ++i) loop.spawn(sleeps(loop, when, i, order, found));
    task<bool> all = within_turns(loop, [&] { return order.size() == 1000; });
    EXPECT_TRUE(co_await all);
  }(tested.loop(), past, woken, result));
  EXPECT_EQ(woken.size(), 1000u);
  EXPECT_LE(calls_made(io_call::epoll_wait) - before, 10u)
      << "a turn of the loop wakes only some of those whose time has come";
}

TEST(Sleeping, DoesNotWakeTheEarly) {
  about("6.5", "Whose time has not come sleeps on, also while others are woken.");
  tested_loop tested;
  std::vector<int> woken;
  wait_result late = wait_result::ready;
  wait_result early = wait_result::ready;
  const auto now = event_loop::clock::now();
  step("one sleeps until a second ago, another for an hour");
  tested.run_to_the_end(
      [](event_loop& loop, auto at, auto& order, auto& first, auto& second) -> task<> {
        loop.spawn(sleeps(loop, at + 1h, 2, order, second));
        loop.spawn(sleeps(loop, at - 1s, 1, order, first));
        for (int i = 0; i < 4; ++i) {
          task<> turn = a_turn(loop);
          co_await turn;
        }
        EXPECT_EQ(order, std::vector<int>{1}) << "somebody was woken whose time had not come";
      }(tested.loop(), now, woken, late, early));
  EXPECT_EQ(late, wait_result::timed_out);
  step("a stop ends the other sleep");
  EXPECT_EQ(early, wait_result::stopped);
}

TEST(Sleeping, LetsOthersHaveTheirTurn) {
  about("6.5",
        "Who sleeps until now lets everybody else who is ready go first: so nobody starves.");
  tested_loop tested;
  std::vector<int> seen;
  step("a coroutine sleeps until now, while another is ready");
  tested.run_to_the_end([](event_loop& loop, auto& order) -> task<> {
    loop.spawn([](auto& to) -> task<> {
      to.push_back(1);
      co_return;
    }(order));
    const wait_result slept = co_await loop.sleep_until(loop.now());
    order.push_back(slept == wait_result::timed_out ? 2 : 0);
  }(tested.loop(), seen));
  EXPECT_EQ(seen, (std::vector<int>{1, 2}));
}

TEST(Stopping, EndsEveryWaitThatItMayEnd) {
  about("6.5",
        "A stop ends all sleeps and all waits for bytes, not only one: begin_stop() has to look at "
        "all "
        "who wait, and the heap changes with each that it wakes.");
  tested_loop tested;
  std::vector<int> woken;
  std::vector<wait_result> results(7, wait_result::ready);
  const auto until = event_loop::never;
  step("seven coroutines sleep for ever; a stop is requested");
  tested.run_to_the_end([](event_loop& loop, auto when, auto& order, auto& found) -> task<> {
    for (int i = 0; i < 7; ++i) {
      loop.spawn(sleeps(loop, when, i, order, found[static_cast<std::size_t>(i)]));
    }
    task<> turn = a_turn(loop);
    co_await turn;
  }(tested.loop(), until, woken, results));
  step("all seven were told");
  EXPECT_EQ(results, std::vector<wait_result>(7, wait_result::stopped));
}

TEST(Stopping, IsSeenByWhoWaitsLater) {
  about("6.5",
        "After the stop no wait begins that a stop ends: nobody would end it. begin_stop() leaves "
        "word "
        "in stopping_, and is_over() looks there.");
  tested_loop tested;
  wait_result result = wait_result::ready;
  bool knows = false;
  step("a stop was requested before the loop runs; a task sleeps for ever");
  tested.loop().spawn([](event_loop& loop, auto& found, bool& told) -> task<> {
    const wait_result slept = co_await loop.sleep_until(event_loop::never);
    found = slept;
    told = loop.stopping();
  }(tested.loop(), result, knows));
  tested.run();
  EXPECT_EQ(result, wait_result::stopped);
  EXPECT_TRUE(knows) << "stopping() does not say so";
}

TEST(Stopping, DoesNotEndWriting) {
  about("6.5", "An answer that has begun is written to its end: no stop ends a wait for room.");
  tested_loop tested;
  watched_pair pair(tested.loop());
  pair.fill();
  std::vector<wait_result> seen;
  std::stop_source stop;
  tested.loop().spawn([](event_loop& loop, io_source& source, auto& results) -> task<> {
    const wait_result waited = co_await loop.writable(source, event_loop::never);
    results.push_back(waited);
  }(tested.loop(), pair.source(), seen));
  step("a coroutine waits for room when the stop comes: it waits on");
  tested.loop().spawn(
      [](event_loop& loop, std::stop_source asked, auto& both, auto& results) -> task<> {
        task<bool> waiting = within_turns(loop, [&] { return both.source().writer != nullptr; });
        EXPECT_TRUE(co_await waiting);
        asked.request_stop();
        task<bool> stopped = within_turns(loop, [&] { return loop.stopping(); });
        EXPECT_TRUE(co_await stopped);
        task<> turn = a_turn(loop);
        co_await turn;
        EXPECT_TRUE(results.empty()) << "the stop has ended a wait for room";
        both.client().close();
      }(tested.loop(), stop, pair, seen));
  tested.loop().run(stop.get_token());
  EXPECT_EQ(seen, std::vector<wait_result>{wait_result::ready});
}

TEST(Stopping, LetsWritersWaitLater) {
  about("6.4", "Who finds no room after the stop waits for it, as before: only reading is over.");
  tested_loop tested;
  wait_result result = wait_result::ready;
  step("a stop was requested before the loop runs; a task waits for room until now");
  tested.loop().spawn([](event_loop& loop, wait_result& found) -> task<> {
    io_source full;
    full.writable = false;
    const wait_result waited = co_await loop.writable(full, loop.now());
    found = waited;
  }(tested.loop(), result));
  tested.run();
  EXPECT_EQ(result, wait_result::timed_out) << "the stop has kept it from waiting";
}

TEST(Stopping, HappensOnTheLoopsThread) {
  about(
      "6.5",
      "The stop is requested by another thread; but the coroutines belong to the loop's. The other "
      "thread only wakes the loop.");
  tested_loop tested;
  std::stop_source stop;
  long resumed_on = 0;
  const auto before = live_frames();
  step("a coroutine sleeps for ever; another thread requests the stop when the loop is asleep");
  tested.loop().spawn([](event_loop& loop, long& thread) -> task<> {
    const wait_result slept = co_await loop.sleep_until(event_loop::never);
    EXPECT_EQ(slept, wait_result::stopped);
    thread = os_thread_id();
  }(tested.loop(), resumed_on));
  background other([&] {
    (void)eventually([] { return some_thread_is(thread_activity::waiting_for_events); });
    stop.request_stop();
  });
  tested.loop().run(stop.get_token());
  EXPECT_EQ(other.wait(), "");
  EXPECT_EQ(resumed_on, os_thread_id()) << "it was resumed by the thread that requested the stop";
  EXPECT_EQ(live_frames(), before);
}

// --- post()

/// Where a coroutine waits until another thread posts it.
class posted_elsewhere {
 public:
  explicit posted_elsewhere(gate& told) : told_(told) {}
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> who) {
    waiting_ = who;
    told_.open();
  }
  void await_resume() const {}
  [[nodiscard]] std::coroutine_handle<> waiting() const { return waiting_; }

 private:
  gate& told_;
  std::coroutine_handle<> waiting_;
};

TEST(Post, ResumesOnTheLoopsThread) {
  about("6.3",
        "Another thread has what a coroutine waits for. It may not resume it: the coroutine "
        "belongs to "
        "the loop's thread, which post() tells, and wakes.");
  tested_loop tested;
  gate suspended;
  posted_elsewhere place(suspended);
  long resumed_on = 0;
  step("a coroutine waits, the loop sleeps; another thread posts it");
  background other([&] {
    suspended.pass();
    (void)eventually([] { return some_thread_is(thread_activity::waiting_for_events); });
    tested.loop().post(place.waiting());
  });
  tested.run_to_the_end([](posted_elsewhere& here, long& thread) -> task<> {
    co_await here;
    thread = os_thread_id();
  }(place, resumed_on));
  EXPECT_EQ(other.wait(), "");
  EXPECT_EQ(resumed_on, os_thread_id()) << "the posting thread has resumed it";
}

TEST(Post, KeepsAllWhoArePosted) {
  about("6.3",
        "Several coroutines are posted before the loop comes to look, and one wake-up stands for "
        "all: "
        "so the loop takes all of them, and nobody twice.");
  tested_loop tested;
  gate all_wait;
  std::atomic<int> resumed = 0;
  std::vector<posted_elsewhere> places(50, posted_elsewhere(all_wait));
  step("fifty coroutines wait; another thread posts half of them, one right after the other");
  for (posted_elsewhere& place : places) {
    tested.loop().spawn([](posted_elsewhere& here, std::atomic<int>& count) -> task<> {
      co_await here;
      ++count;
    }(place, resumed));
  }
  step("when they have gone on, it posts the others");
  background other([&] {
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (i == 0 || i == 25) {
        (void)eventually([] { return some_thread_is(thread_activity::waiting_for_events); });
      }
      tested.loop().post(places[i].waiting());
    }
  });
  tested.run();
  EXPECT_EQ(other.wait(), "");
  EXPECT_EQ(resumed, 50);
}

TEST(Post, MayComeFromTheLoopItself) {
  about("6.3", "A coroutine may post another on its own thread: nothing may be locked meanwhile.");
  tested_loop tested;
  gate suspended;
  posted_elsewhere place(suspended);
  bool resumed = false;
  step("one coroutine waits, the next posts it");
  tested.loop().spawn([](posted_elsewhere& here, bool& done) -> task<> {
    co_await here;
    done = true;
  }(place, resumed));
  tested.loop().spawn([](event_loop& loop, posted_elsewhere& there) -> task<> {
    loop.post(there.waiting());
    co_return;
  }(tested.loop(), place));
  tested.run();
  EXPECT_TRUE(resumed);
}

}  // namespace
}  // namespace workbook
