#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <unordered_map>
#include <vector>

#include "async/loop_base.hpp"
#include "task.hpp"

namespace workbook {

/// A thread that does the work of thousands: it resumes who is ready, and when nobody is, it waits
/// for whatever comes first of all that is waited for. See loop_base for what can be awaited. Not
/// thread-safe: everything but post() belongs to the thread that runs it.
class event_loop : public loop_base {
 public:
  /// `on_failure` gets what a spawned task throws. @throws std::system_error, see poller.
  explicit event_loop(std::function<void(std::exception_ptr)> on_failure)
      : on_failure_(std::move(on_failure)) {}

  /// Owns `work` until it has ended, or the loop is destroyed. It begins in the next turn of run().
  void spawn(task<> work) {
    const auto frame = work.frame();
    frame.promise().awaiting = frame;  // so it comes up in the ready queue when it is done
    spawned_.emplace(frame.address(), std::move(work));
    ready_.push(frame);
  }

  /// Blocks until a stop has been requested *and* every spawned task has ended. The stop ends the
  /// waits that it may end, on this thread. @throws std::system_error if waiting fails for good.
  void run(const std::stop_token& stop) {
    const ready_queue::as_current current(ready_);
    const std::stop_callback at_stop(stop, [this] { poller_.wake_up(); });
    // TODO 6.2 (about 8 lines): turns EventLoop.* green, with 6.4 and 6.5
    //   What is a turn, made of ready_.run_batch(), resume(), wait_for_events() and wake_late()?
    //   Who may become ready meanwhile? When is a stop begun? What has to end before you return?
    todo("6.2");
  }

  /// Makes `who` ready, from any thread; never blocks for long. It must be suspended, and nobody
  /// else may resume it.
  void post(std::coroutine_handle<> who) {
    // TODO 6.3 (about 3 lines): turns Post.* green
    //   Another thread calls this: what does it share with the loop, which may be asleep?
    todo("6.3", who);
  }

 private:
  /// Lets a coroutine that was ready go on. A spawned one that is done is destroyed instead, and
  /// on_failure_ gets what it threw, if it did.
  void resume(std::coroutine_handle<> who) {
    if (!who.done()) return who.resume();
    const auto node = spawned_.extract(who.address());
    if (const auto error = node.mapped().frame().promise().error) on_failure_(error);
  }

  /// @returns whether there is nothing to wait for; `who.result` says why.
  // TODO 6.4 (about 10 lines): for Waiting.*
  //   An event or a stop may come while nobody waits: who remembers it, and who looks there?
  bool is_over(waiter& who) const override { todo("6.4", who); }

  /// Puts `who` where it is found when its source is ready, or its time has come.
  void enter(waiter& who) override { todo("6.4", who); }

  /// Takes `who` out of both, if it is there: its wait is over, or its coroutine is destroyed.
  void leave(waiter& who) noexcept override {
    if (who.slot != nullptr && *who.slot == &who) *who.slot = nullptr;
    waiting_.remove(who);
  }

  /// Ends a wait, whatever came first: `who` is nowhere any more, so nothing ends it again.
  void wake(waiter& who, wait_result result) override {
    leave(who);
    who.result = result;
    ready_.push(who.coroutine);
  }

  /// Wakes those whose deadline has come, the earliest first.
  // TODO 6.5 (about 13 lines): for Sleeping.* and Stopping.*
  //   wake() ends a wait and takes the waiter out of the heap: what does that do to your loop?
  //   Which waits does a stop not end, and why? Who asks stopping_ later?
  void wake_late() { todo("6.5"); }

  /// Ends the waits that a stop may end; from now on none begins.
  void begin_stop() { todo("6.5"); }

  /// Makes ready, on the loop's thread, who was posted.
  void take_posted() override {
    const std::scoped_lock lock(mutex_);
    for (const auto who : posted_) ready_.push(who);
    posted_.clear();
  }

  const std::function<void(std::exception_ptr)> on_failure_;

  std::mutex mutex_;                             // guards what follows
  std::vector<std::coroutine_handle<>> posted_;  // by any thread, and not ready yet

  std::unordered_map<void*, task<>> spawned_;  // last: tasks use the members above to their end
};

}  // namespace workbook
