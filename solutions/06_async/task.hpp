#pragma once

#include <coroutine>
#include <exception>
#include <utility>

#include "async/coroutine_frame.hpp"
#include "async/ready_queue.hpp"
#include "async/task_value.hpp"

namespace workbook {

/// A piece of work that can suspend, and has a T when it is done. It is lazy: it begins when it is
/// awaited, within the call of whoever awaits it, and comes back there when it first suspends.
/// - If it ends later, who awaits it is put into the current ready_queue, and never resumed from
///   within: so a million tasks in a row need no more stack than one.
/// - What it throws comes out where it is awaited. It owns its coroutine's frame; what it refers to
///   must live longer. Move-only, awaited at most once.
/// Not thread-safe: a task belongs to one event loop.
template <class T = void>
class [[nodiscard]] task {
 public:
  struct promise_type;
  using handle = std::coroutine_handle<promise_type>;

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&&) = delete;
  ~task() {
    if (frame_) frame_.destroy();
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }

  /// Begins the task. @returns whether `who`, which awaits it, has to wait: it has not ended.
  bool await_suspend(std::coroutine_handle<> who) {
    frame_.resume();
    if (frame_.done()) return false;
    frame_.promise().awaiting = who;
    return true;
  }

  /// Called when the task has ended and `who` goes on. @returns what it returned.
  /// @throws what it threw.
  T await_resume() {
    if (frame_.promise().error) std::rethrow_exception(frame_.promise().error);
    return frame_.promise().take();
  }

  /// Called when the task has just ended, and its frame still stands.
  static void at_end(const promise_type& ended) noexcept {
    if (ended.awaiting) ready_queue::make_ready(ended.awaiting);
  }

  /// @returns its coroutine, still owned by this object: for the loop that it is spawned on.
  [[nodiscard]] handle frame() const noexcept { return frame_; }

  struct ending : std::suspend_always {
    void await_suspend(handle ended) const noexcept { at_end(ended.promise()); }
  };
  struct promise_type : counted_frame, task_value<T> {
    std::coroutine_handle<> awaiting;  // null until somebody has to wait for the end
    std::exception_ptr error;          // what the task threw

    task get_return_object() { return task(handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    ending final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { error = std::current_exception(); }
  };

 private:
  explicit task(handle frame) : frame_(frame) {}

  handle frame_;  // null once it has been moved from
};

}  // namespace workbook
