#pragma once

#include <chrono>
#include <coroutine>
#include <span>
#include <vector>

#include "async/poller.hpp"
#include "async/ready_queue.hpp"
#include "async/waiter.hpp"

namespace workbook {

class suspension;

/// What an event loop has: those who are ready, those who wait, and the poller; and what coroutines
/// ask of it. How they begin to wait and are woken is up to the loop itself.
///
/// Not thread-safe: it belongs to the thread that runs the loop.
class loop_base {
 public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;
  static constexpr time_point never = time_point::max();

  loop_base(const loop_base&) = delete;  // waiters and sources refer to it
  loop_base& operator=(const loop_base&) = delete;

  /// To be awaited: ends when `source` may be readable, `deadline` has come, or at a stop. If it
  /// may be readable already, nobody waits. One coroutine at a time may wait for a source to be
  /// readable.
  suspension readable(io_source& source, time_point deadline);

  /// The same for writing, but no stop ends it: what is being said may be said to its end.
  suspension writable(io_source& source, time_point deadline);

  /// To be awaited: ends when `time` has come (timed_out), never before all others who are ready
  /// have had their turn, or at a stop.
  suspension sleep_until(time_point time);

  /// To be awaited by whoever has much to do at once: ends when all others who are ready have had
  /// their turn. When a stop has been requested it ends at once.
  suspension turn();

  /// Ends the wait of whoever waits until `source` is readable, as a stop would (stopped); does nothing
  /// if nobody does. A source that is not watched, with `fd` -1 and not readable, can be waited for
  /// like that: an event that only the program itself knows of.
  void interrupt(io_source& source);

  /// @returns the time at which the loop last woke: near enough for deadlines, and free.
  [[nodiscard]] time_point now() const { return now_; }

  /// @returns when `time` will have passed: never, if that is the longest there is.
  [[nodiscard]] time_point in(std::chrono::milliseconds time) const {
    return time == std::chrono::milliseconds::max() ? never : now_ + time;
  }

  /// @returns whether a stop has been requested, as far as the loop knows.
  [[nodiscard]] bool stopping() const { return stopping_; }

  /// @returns what its descriptors are watched with.
  [[nodiscard]] poller& watches() { return poller_; }

  /// @returns memory for bytes on their way. Whoever is resumed next uses it too: nothing in it
  /// outlives a co_await.
  [[nodiscard]] std::span<char> scratch() { return scratch_; }

 protected:
  loop_base() = default;
  ~loop_base() = default;

  /// Blocks until something happens, or the first deadline of those who wait has come. Notes in the
  /// sources what has happened, wakes who waits for that, and calls take_posted() if the poller was
  /// woken. It resumes nobody: they might destroy a source that a later event is about.
  void wait_for_events();

  poller poller_;
  ready_queue ready_;
  waiter_heap waiting_;
  time_point now_ = clock::now();
  bool stopping_ = false;

 private:
  friend class suspension;

  virtual bool is_over(waiter& who) const = 0;
  virtual void enter(waiter& who) = 0;
  virtual void leave(waiter& who) noexcept = 0;
  virtual void wake(waiter& who, wait_result result) = 0;
  virtual void take_posted() = 0;

  std::vector<char> scratch_ = std::vector<char>(65536);
};

/// A wait, as `co_await` wants it. It lives in the frame of the coroutine that waits.
class [[nodiscard]] suspension : waiter {
 public:
  suspension(loop_base& loop, const waiter& what) : waiter(what), loop_(loop) {}
  ~suspension() { loop_.leave(*this); }
  suspension(const suspension&) = delete;
  suspension& operator=(const suspension&) = delete;

  [[nodiscard]] bool await_ready() { return loop_.is_over(*this); }
  void await_suspend(std::coroutine_handle<> who) {
    coroutine = who;
    loop_.enter(*this);
  }
  [[nodiscard]] wait_result await_resume() const { return result; }

 private:
  loop_base& loop_;
};

}  // namespace workbook
