#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "06_async/loop_fixture.hpp"
#include "async/coroutine_frame.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {
namespace {

using namespace harness;

task<> adds(std::vector<int>& to, int number) {
  to.push_back(number);
  co_return;
}

task<> adds_after_turns(event_loop& loop, std::vector<int>& to, int number, int turns) {
  for (int i = 0; i < turns; ++i) {
    task<> turn = a_turn(loop);
    co_await turn;
  }
  to.push_back(number);
}

TEST(EventLoop, RunsTasksInTheirOrder) {
  about("6.2",
        "Whoever is ready first goes on first: run() resumes the ready queue from its front.");
  tested_loop tested;
  std::vector<int> seen;
  step("three tasks are spawned; none begins before the loop runs");
  for (int i = 1; i <= 3; ++i) tested.loop().spawn(adds(seen, i));
  EXPECT_TRUE(seen.empty());
  step("the loop runs: all three have run, in their order");
  tested.run();
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
}

TEST(EventLoop, ReturnsOnlyWhenEveryTaskHasEnded) {
  about(
      "6.2",
      "A stop asks the tasks to come to their end; it is not the end. run() returns when a stop is "
      "requested and no spawned task is left: otherwise requests are lost that were accepted.");
  tested_loop tested;
  std::vector<int> seen;
  step("a stop is requested, and then the loop runs a task whose task still takes three steps");
  tested.loop().spawn([](event_loop& loop, std::vector<int>& to) -> task<> {
    task<> inner = adds_after_turns(loop, to, 1, 3);
    co_await inner;
    to.push_back(2);
  }(tested.loop(), seen));
  tested.run();
  step("both have come to their end");
  EXPECT_EQ(seen, (std::vector<int>{1, 2})) << "run() returned before its tasks had ended";
}

TEST(EventLoop, GoesOnUntilAStopIsRequested) {
  about("6.2", "Without a stop the loop waits for more, also when no task is left.");
  tested_loop tested;
  std::stop_source stop;
  std::vector<int> seen;
  step("the only task has ended; another thread looks, and requests the stop");
  tested.loop().spawn(adds(seen, 1));
  bool asked = false;
  background other([&] {
    asked = eventually([] { return some_thread_is(thread_activity::waiting_for_events); });
    stop.request_stop();
  });
  tested.loop().run(stop.get_token());
  EXPECT_EQ(other.wait(), "");
  EXPECT_TRUE(asked) << "the loop did not wait in epoll_wait when nobody was ready";
}

TEST(EventLoop, HandsOverWhatATaskThrows) {
  about(
      "6.2",
      "Nobody awaits a spawned task, so what it throws goes to on_failure, and the others go on.");
  tested_loop tested;
  std::vector<int> seen;
  step("of three tasks the second throws");
  tested.loop().spawn(adds(seen, 1));
  tested.loop().spawn([](event_loop& loop) -> task<> {
    task<> turn = a_turn(loop);
    co_await turn;
    throw std::runtime_error("the disk is full");
  }(tested.loop()));
  tested.loop().spawn(adds_after_turns(tested.loop(), seen, 3, 2));
  tested.run();
  EXPECT_EQ(tested.failures(), std::vector<std::string>{"the disk is full"});
  EXPECT_EQ(seen, (std::vector<int>{1, 3}));
}

TEST(EventLoop, DestroysTasksWhenTheyEnd) {
  about("6.2",
        "A task that has ended is destroyed at once, not with the loop: a server lives for months, "
        "and each connection is a task.");
  tested_loop tested;
  std::int64_t most = 0;
  const auto before = live_frames();
  step("a task spawns a hundred others, one after the other has ended");
  tested.run_to_the_end([](event_loop& loop, std::int64_t& most_live) -> task<> {
    std::vector<int> seen;
    for (int i = 0; i < 100; ++i) {
      loop.spawn(adds(seen, i));
      task<> turn = a_turn(loop);
      co_await turn;
      most_live = std::max(most_live, live_frames());
    }
  }(tested.loop(), most));
  EXPECT_LE(most, before + 6) << "the frames of ended tasks pile up";
  step("no frame is left");
  EXPECT_EQ(live_frames(), before);
}

TEST(EventLoop, DestroysWaitingTasksWithItself) {
  about("6.2", "A loop that is destroyed destroys its tasks, also those that wait.");
  const auto before = live_frames();
  step("a loop is destroyed with a task that has not begun");
  {
    tested_loop tested;
    std::vector<int> seen;
    tested.loop().spawn(adds(seen, 1));
  }
  EXPECT_EQ(live_frames(), before);
  step("run() throws, since on_failure does; the loop is destroyed with a task that sleeps");
  {
    event_loop loop(&std::rethrow_exception);
    loop.spawn([](event_loop& on) -> task<> {
      const wait_result slept = co_await on.sleep_until(event_loop::never);
      ADD_FAILURE() << "it was woken: " << static_cast<int>(slept);
    }(loop));
    loop.spawn([]() -> task<> {
      throw std::runtime_error("the disk is full");
      co_return;
    }());
    EXPECT_THROW(loop.run({}), std::runtime_error);
  }
  EXPECT_EQ(live_frames(), before);
}

TEST(EventLoop, SleepsWhenNobodyIsReady) {
  if (!io_probes_available()) GTEST_SKIP() << "calls are not probed in this build";
  about("6.2", "A loop that looks again and again burns a core for nothing: it has to sleep.");
  tested_loop tested;
  std::stop_source stop;
  step("the loop has nothing to do until another thread requests the stop");
  const auto before = calls_made(io_call::epoll_wait);
  background other([&] {
    (void)eventually([] { return some_thread_is(thread_activity::waiting_for_events); });
    stop.request_stop();
  });
  tested.loop().run(stop.get_token());
  EXPECT_EQ(other.wait(), "");
  EXPECT_LE(calls_made(io_call::epoll_wait) - before, 3u) << "the loop did not sleep";
}

// --- waiting for a descriptor

task<> notes_wait(event_loop& loop, io_source& source, std::vector<wait_result>& results,
                  event_loop::time_point deadline) {
  const wait_result waited = co_await loop.readable(source, deadline);
  results.push_back(waited);
}

TEST(Waiting, EndsWhenBytesCome) {
  about("6.4",
        "A coroutine that waits for a source is resumed when an event says that it is readable.");
  tested_loop tested;
  watched_pair pair(tested.loop());
  std::vector<wait_result> results;
  step("a coroutine waits; then the client sends");
  tested.loop().spawn(notes_wait(tested.loop(), pair.source(), results, event_loop::never));
  tested.run_to_the_end([](event_loop& loop, watched_pair& both, auto& found) -> task<> {
    task<> turn = a_turn(loop);
    co_await turn;
    if (!found.empty()) fail_now("the wait was over before anything came");
    both.client().send("x");
    task<bool> coming = within_turns(loop, [&] { return !(found.empty()); });
    EXPECT_TRUE(co_await coming);
  }(tested.loop(), pair, results));
  EXPECT_EQ(results, std::vector<wait_result>{wait_result::ready});
}

TEST(Waiting, AnEventWhileNobodyWaitsIsNotLost) {
  about("6.4",
        "An edge is told once. If it comes while nobody waits, the source remembers it in "
        "`readable`; "
        "whoever comes later must look there, or it sleeps for ever.");
  tested_loop tested;
  watched_pair pair(tested.loop());
  std::vector<wait_result> results;
  step("the client sends, and the loop hears of it, while nobody waits");
  step("then a coroutine wants to wait: there is nothing to wait for");
  tested.run_to_the_end([](event_loop& loop, watched_pair& both, auto& found) -> task<> {
    both.client().send("x");
    for (int i = 0; i < 3; ++i) {
      task<> turn = a_turn(loop);
      co_await turn;
    }
    const wait_result waited = co_await loop.readable(both.source(), event_loop::never);
    found.push_back(waited);
  }(tested.loop(), pair, results));
  EXPECT_EQ(results, std::vector<wait_result>{wait_result::ready});
}

TEST(Waiting, AnEventWakesOnlyWhoWaitsForIt) {
  about("6.4",
        "Two coroutines wait for two sources. What happens to one does not concern the other.");
  tested_loop tested;
  watched_pair one(tested.loop());
  watched_pair other(tested.loop());
  std::vector<wait_result> of_one;
  std::vector<wait_result> of_other;
  step("both wait; only the second one's client sends");
  tested.loop().spawn(notes_wait(tested.loop(), one.source(), of_one, event_loop::never));
  tested.loop().spawn(notes_wait(tested.loop(), other.source(), of_other, event_loop::never));
  tested.run_to_the_end(
      [](event_loop& loop, watched_pair& both, auto& first, auto& second) -> task<> {
        task<> turn = a_turn(loop);
        co_await turn;
        both.client().send("x");
        task<bool> coming = within_turns(loop, [&] { return !(second.empty() && first.empty()); });
        EXPECT_TRUE(co_await coming);
        EXPECT_TRUE(first.empty()) << "the other one was woken";
      }(tested.loop(), other, of_one, of_other));
  EXPECT_EQ(of_other, std::vector<wait_result>{wait_result::ready});
  EXPECT_EQ(of_one, std::vector<wait_result>{wait_result::stopped});
}

TEST(Waiting, AnEndWakesReadersAndWriters) {
  about("6.4",
        "A peer that goes away lets nobody sleep: a reader finds the end, a writer an error.");
  tested_loop tested;
  watched_pair pair(tested.loop());
  pair.fill();
  std::vector<wait_result> reads;
  std::vector<wait_result> writes;
  tested.loop().spawn(notes_wait(tested.loop(), pair.source(), reads, event_loop::never));
  tested.loop().spawn([](event_loop& loop, io_source& source, auto& found) -> task<> {
    const wait_result waited = co_await loop.writable(source, event_loop::never);
    found.push_back(waited);
  }(tested.loop(), pair.source(), writes));
  step("one coroutine waits for bytes, another for room; the client closes");
  tested.run_to_the_end(
      [](event_loop& loop, watched_pair& both, auto& read, auto& written) -> task<> {
        for (int i = 0; i < 3; ++i) {
          task<> turn = a_turn(loop);
          co_await turn;
        }
        both.client().close();
        task<bool> coming = within_turns(loop, [&] { return !(read.empty() || written.empty()); });
        EXPECT_TRUE(co_await coming);
      }(tested.loop(), pair, reads, writes));
  EXPECT_EQ(reads, std::vector<wait_result>{wait_result::ready});
  EXPECT_TRUE(pair.source().ended);
}

TEST(Waiting, EndsOnceWhenEventAndDeadlineComeTogether) {
  about("6.4",
        "Bytes come and the deadline passes in the same turn. The wait ends once, and the "
        "coroutine is "
        "resumed once: a second resumption would be one of something else, or of nothing.");
  tested_loop tested;
  watched_pair pair(tested.loop());
  std::vector<wait_result> results;
  step("a coroutine waits until now; the bytes are there already, and nobody has told");
  pair.client().send("x");
  tested.run_to_the_end([](event_loop& loop, io_source& source, auto& found) -> task<> {
    const wait_result waited = co_await loop.readable(source, loop.now());
    found.push_back(waited);
    for (int i = 0; i < 3; ++i) {
      task<> turn = a_turn(loop);
      co_await turn;
      EXPECT_TRUE(turn.frame().done()) << "it was resumed a second time, and has not waited";
    }
  }(tested.loop(), pair.source(), results));
  EXPECT_EQ(results.size(), 1u);
  EXPECT_EQ(pair.source().reader, nullptr) << "the source still knows a waiter that is gone";
}

TEST(Waiting, LeavesNothingBehindWhenItsTimeIsOver) {
  about("6.4",
        "After a deadline the source must not know the waiter any more: the next event would wake "
        "what "
        "is gone.");
  tested_loop tested;
  watched_pair pair(tested.loop());
  std::vector<wait_result> results;
  step("a coroutine waits until now, and nothing comes; afterwards the client sends");
  tested.run_to_the_end([](event_loop& loop, watched_pair& both, auto& found) -> task<> {
    const wait_result waited = co_await loop.readable(both.source(), loop.now());
    found.push_back(waited);
    both.client().send("x");
    for (int i = 0; i < 3; ++i) {
      task<> turn = a_turn(loop);
      co_await turn;
    }
  }(tested.loop(), pair, results));
  EXPECT_EQ(results, std::vector<wait_result>{wait_result::timed_out});
}

}  // namespace
}  // namespace workbook
