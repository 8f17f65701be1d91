// Other threads post to a loop, and request its stop, under every schedule: a loop that looks for
// work and is about to sleep must not miss who comes in this moment.
#include <gtest/gtest.h>

#include <coroutine>
#include <event_loop.hpp>
#include <exception>
#include <functional>
#include <stop_token>
#include <thread>
#include <utility>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class PostSchedules : public explored_test {};

/// Awaited, it hands the coroutine to a thread of its own, which posts it to the loop.
class on_another_thread {
 public:
  explicit on_another_thread(event_loop& loop, const char* name) : loop_(loop), name_(name) {}
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> who) {
    poster_ = named_thread(name_, [this, who] { loop_.post(who); });
  }
  void await_resume() const {}

 private:
  event_loop& loop_;
  const char* name_;
  std::jthread poster_;
};

task<> comes_back(event_loop& loop, const char* name, int& back) {
  on_another_thread elsewhere(loop, name);
  co_await elsewhere;
  ++back;
}

void rethrow(const std::exception_ptr& error) { std::rethrow_exception(error); }

/// Runs `loop` until its tasks have ended; the stop has been requested already.
void run_to_the_end(event_loop& loop) {
  std::stop_source stop;
  stop.request_stop();
  loop.run(stop.get_token());
}

TEST_F(PostSchedules, APostMeetsALoopThatGoesToSleep) {
  about("6.3",
        "The loop has looked, nobody is ready, and it is about to sleep; in this moment somebody "
        "is posted. First the list, then the wake-up: or the loop wakes, finds an empty list, and "
        "sleeps for ever beside somebody who could go on.");
  step("a thread posts a coroutine, under every schedule");
  const auto scenario = [] {  // not inside the macro: there all lines would have one number
    event_loop loop(rethrow);
    int back = 0;
    loop.spawn(comes_back(loop, "poster", back));
    run_to_the_end(loop);
    explore_check(back == 1, "the coroutine was not resumed once");
  };
  EXPECT_TRUE(every_schedule({.preemptions = 3, .surprises = 0}, scenario));
}

TEST_F(PostSchedules, TwoPostsAndNobodyIsForgotten) {
  about("6.3",
        "Two threads post at the same time, and one wake-up may stand for both: the loop takes "
        "all who are in the list, and nobody twice.");
  step("two threads post a coroutine each, under every schedule");
  const auto scenario = [] {
    event_loop loop(rethrow);
    int back = 0;
    loop.spawn(comes_back(loop, "one poster", back));
    loop.spawn(comes_back(loop, "other poster", back));
    run_to_the_end(loop);
    explore_check(back == 2, "the coroutines were not resumed once each");
  };
  EXPECT_TRUE(every_schedule({.preemptions = 2, .surprises = 0}, scenario));
}

TEST_F(PostSchedules, AStopMeetsALoopThatGoesToSleep) {
  about("6.5",
        "The loop has looked whether a stop was requested, and is about to sleep; in this moment "
        "it is. The callback writes to the eventfd, so epoll_wait returns, and the loop looks "
        "again.");
  step("a thread requests the stop while another posts, under every schedule");
  const auto scenario = [] {
    event_loop loop(rethrow);
    std::stop_source stop;
    int back = 0;
    loop.spawn(comes_back(loop, "poster", back));
    const auto stopper = named_thread("stopper", [stop]() mutable { stop.request_stop(); });
    loop.run(stop.get_token());
    explore_check(back == 1, "run() has returned before its task had ended");
  };
  EXPECT_TRUE(every_schedule({.preemptions = 2, .surprises = 0}, scenario));
}

}  // namespace
}  // namespace workbook
