#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <task.hpp>
#include <type_traits>
#include <utility>

#include "06_async/task_fixture.hpp"
#include "async/coroutine_frame.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

task<int> returns(int number) { co_return number; }

task<> sets(bool& begun) {
  begun = true;
  co_return;
}

task<> throws(std::string what) {
  if (!what.empty()) throw std::runtime_error(what);
  co_return;
}

TEST(Task, BeginsWhenItIsAwaited) {
  about(
      "6.1",
      "A task is lazy: its first line runs when somebody awaits it, not when it is made. Otherwise "
      "nobody could store it, hand it on, or decide against it.");
  bool begun = false;
  bool before = true;
  step("a task is made, and later awaited");
  run_to_the_end([](bool& has_begun, bool& had_begun) -> task<> {
    task<> work = sets(has_begun);
    had_begun = has_begun;
    co_await work;
  }(begun, before));
  step("it began when it was awaited, and not before");
  EXPECT_FALSE(before) << "its first line ran although nobody awaited it";
  EXPECT_TRUE(begun) << "it was awaited and never began";
}

TEST(Task, GivesItsValueAtOnce) {
  about("6.1",
        "A task that ends without a wait needs no turn of the loop: await_suspend() resumes it, "
        "finds "
        "it done, and says that nobody has to wait.");
  int sum = 0;
  step("a task awaits two that end at once: all happens within the first resumption");
  task<> all = [](int& result) -> task<> {
    task<int> first = returns(20);
    task<int> second = returns(22);
    result = co_await first;
    result += co_await second;
  }(sum);
  ready_queue queue;
  const ready_queue::as_current current(queue);
  all.frame().resume();
  EXPECT_EQ(sum, 42);
  EXPECT_TRUE(all.frame().done()) << "somebody still waits, although both had ended";
  step("nobody was put into the ready queue: nobody has waited");
  EXPECT_TRUE(queue.empty()) << "who awaits was made ready although it did not wait: it would be "
                                "resumed twice, the second time when it is gone";
}

TEST(Task, MakesWhoAwaitsItReady) {
  about("6.1",
        "A task that ends later puts whoever awaits it into the ready queue. If it notes nobody, "
        "that "
        "coroutine sleeps for ever.");
  parking parked;
  bool after = false;
  step("a task awaits one that waits");
  task<> outer = [](parking& place, bool& done) -> task<> {
    task<> inner = [](parking& here) -> task<> { co_await here; }(place);
    co_await inner;
    done = true;
  }(parked, after);
  ready_queue queue;
  const ready_queue::as_current current(queue);
  outer.frame().resume();
  ASSERT_TRUE(parked.somebody_waits());
  EXPECT_FALSE(after) << "it went on although what it awaits has not ended";
  step("the inner one goes on and ends: the outer one is in the ready queue");
  parked.let_go();
  EXPECT_FALSE(after) << "the end of a task has resumed whoever awaits it, from within";
  ASSERT_FALSE(queue.empty()) << "nobody was made ready: who awaits the task sleeps for ever";
  step("the outer one is resumed and ends");
  queue.run_batch([](auto who) { who.resume(); });
  EXPECT_TRUE(after);
}

TEST(Task, ThrowsWhereItIsAwaited) {
  about("6.1", "What a task throws comes out at co_await, as from a call; otherwise it is lost.");
  std::string caught = "nothing";
  step("a task throws, and who awaits it catches");
  run_to_the_end([](std::string& what) -> task<> {
    try {
      task<> failing = throws("the database is gone");
      co_await failing;
      what = "nothing, and it went on";
    } catch (const std::exception& error) {
      what = error.what();
    }
  }(caught));
  EXPECT_EQ(caught, "the database is gone");
}

TEST(Task, ThrowsLaterToo) {
  about("6.1", "Also what a task throws after it has waited comes out where it is awaited.");
  parking parked;
  std::string caught = "nothing";
  task<> outer = [](parking& place, std::string& what) -> task<> {
    try {
      task<> failing = [](parking& here) -> task<> {
        co_await here;
        throw std::runtime_error("too late");
      }(place);
      co_await failing;
      what = "nothing, and it went on";
    } catch (const std::exception& error) {
      what = error.what();
    }
  }(parked, caught);
  ready_queue queue;
  const ready_queue::as_current current(queue);
  step("a task waits, goes on, and throws; who awaits it catches");
  outer.frame().resume();
  ASSERT_TRUE(parked.somebody_waits());
  parked.let_go();
  while (!queue.empty()) queue.run_batch([](auto who) { who.resume(); });
  EXPECT_EQ(caught, "too late");
}

TEST(Task, GivesAwayWhatCannotBeCopied) {
  about("6.1", "The value is moved out of the task: it may be something that exists only once.");
  int found = 0;
  step("a task returns a unique_ptr");
  run_to_the_end([](int& number) -> task<> {
    task<std::unique_ptr<int>> making = []() -> task<std::unique_ptr<int>> {
      co_return std::make_unique<int>(42);
    }();
    const auto made = co_await making;
    number = *made;
  }(found));
  EXPECT_EQ(found, 42);
}

TEST(Task, NeedsNoMoreStackForAMillionInARow) {
  about("6.1",
        "A task that ends at once comes back to whoever awaits it, and the next begins from there. "
        "If "
        "the end of one resumed the other from within, each would stand on the stack of the last, "
        "and "
        "the process would die of it.");
  step("a task awaits others in a loop: 50 000 that wait once, 100 000 that end at once");
  spread depth;
  run_to_the_end([](spread& stack) -> task<> {
    for (int i = 0; i < 50'000; ++i) {
      task<> one = [](spread& here) -> task<> {
        co_await next_turn{};
        here.note();
      }(stack);
      co_await one;
    }
    for (int i = 0; i < 100'000; ++i) {
      task<> one = [](spread& here) -> task<> {
        here.note();
        co_return;
      }(stack);
      co_await one;
    }
  }(depth));
  step("they all ran at about the same depth of the stack");
  EXPECT_LT(depth.bytes(), 16'384u) << "each task stands on the stack of the one before";
}

TEST(Task, OwnsItsFrame) {
  about("6.1",
        "A frame is destroyed with its task: after an end, before a beginning, and in a wait.");
  const auto before = live_frames();
  bool begun = false;
  step("one task never begins, one ends, one waits for ever: all are destroyed");
  {
    const task<> never = sets(begun);
    run_to_the_end(sets(begun));
    parking parked;
    task<> waiting = [](parking& place) -> task<> { co_await place; }(parked);
    waiting.frame().resume();
    EXPECT_EQ(live_frames(), before + 2);
  }
  EXPECT_EQ(live_frames(), before) << "a frame is still there, and nobody owns it";
}

TEST(Task, IsMovedAndNotCopied) {
  about("", "A task is awaited once, so there is one of it.");
  static_assert(std::is_move_constructible_v<task<int>>);
  static_assert(!std::is_copy_constructible_v<task<int>>);
  static_assert(!std::is_copy_assignable_v<task<int>>);
}

}  // namespace
}  // namespace workbook
