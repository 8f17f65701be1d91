#pragma once

#include <chrono>
#include <coroutine>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <stop_token>
#include <unordered_map>
#include <vector>

#include "async/ready_queue.hpp"
#include "async/waiter.hpp"
#include "net/unique_fd.hpp"
#include "task.hpp"

struct epoll_event;

namespace workbook {

/// A thread that does the work of thousands: it resumes who is ready, and when nobody is, it waits
/// for whatever comes first of all that is waited for.
///
/// Not thread-safe: everything but post() belongs to the thread that runs it. It does not move.
/// Source: epoll(7).
class event_loop {
 public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;
  using failure_handler = std::function<void(std::exception_ptr)>;
  static constexpr time_point never = time_point::max();
  class suspension;

  /// `on_failure` gets what a spawned task throws. @throws std::system_error if there is no
  /// descriptor to be had.
  explicit event_loop(failure_handler on_failure);

  /// Destroys the tasks that have not ended.
  ~event_loop();
  event_loop(const event_loop&) = delete;  // waiters and sources refer to it
  event_loop& operator=(const event_loop&) = delete;

  /// Owns `work` from now on. It begins in the next turn of run(), and is destroyed when it has
  /// ended.
  void spawn(task<> work);

  /// Blocks until a stop has been requested *and* every spawned task has ended. The stop ends those
  /// waits that say so, on this thread.
  /// @throws std::system_error if waiting fails for good.
  void run(const std::stop_token& stop);

  /// Makes `who` ready, from any thread; never blocks for long. It must be suspended, and nobody
  /// else may resume it.
  void post(std::coroutine_handle<> who);

  /// To be awaited. Ends when `source` may be readable (at once, if nobody knows better), when
  /// `deadline` has come, or at a stop. At most one coroutine waits for it at a time.
  [[nodiscard]] suspension readable(io_source& source, time_point deadline);

  /// The same for writing, but no stop ends it: what is being said may be said to its end.
  [[nodiscard]] suspension writable(io_source& source, time_point deadline);

  /// To be awaited. Ends when `time` has come (timed_out), never before everybody else has had a
  /// turn, or at a stop.
  [[nodiscard]] suspension sleep_until(time_point time);

  /// @returns the time at which the loop last woke: near enough for deadlines, and free.
  [[nodiscard]] time_point now() const { return now_; }

  /// @returns whether a stop has been requested, as far as the loop knows.
  [[nodiscard]] bool stopping() const { return stopping_; }

  /// Watches `source`, edge-triggered, until unwatch(): each change is told once, so whoever reads
  /// has to read on until nothing is left. @throws std::system_error if there is no memory.
  void watch(io_source& source);
  void unwatch(io_source& source) noexcept;

  /// @returns memory for bytes on their way. Whoever resumes next may use it too: nothing in it lives
  /// across a co_await.
  [[nodiscard]] std::span<char> scratch() { return scratch_; }

 private:
  void resume(std::coroutine_handle<> who);
  void bury(std::coroutine_handle<> ended);
  void wait_for_events();
  [[nodiscard]] int milliseconds_to_wait() const;
  void dispatch(const epoll_event& event);
  void wake(waiter& who, wait_result result);
  void wake_late();
  void begin_stop();
  void take_posted();
  void wake_up() noexcept;

  unique_fd epoll_;
  unique_fd wake_up_;  // an eventfd: written by other threads, to end epoll_wait
  failure_handler on_failure_;
  time_point now_ = clock::now();
  bool stopping_ = false;
  ready_queue ready_;
  waiter_heap waiting_;
  std::vector<char> scratch_ = std::vector<char>(65536);

  std::mutex mutex_;                             // guards what follows
  std::vector<std::coroutine_handle<>> posted_;  // by any thread, and not ready yet

  std::unordered_map<void*, task<>> spawned_;  // last: tasks use the members above to their end
};

/// One wait, as `co_await` wants it. It lives in the frame of the coroutine that waits.
class event_loop::suspension : waiter {
 public:
  suspension(event_loop& loop, time_point until, const bool* flag, waiter** where,
             bool stop_ends_it);
  ~suspension();
  suspension(const suspension&) = delete;
  suspension& operator=(const suspension&) = delete;

  [[nodiscard]] bool await_ready();
  void await_suspend(std::coroutine_handle<> who);
  [[nodiscard]] wait_result await_resume() const { return result; }

 private:
  event_loop& loop_;
  const bool* flag_;
};

}  // namespace workbook
