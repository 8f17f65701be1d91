#pragma once

#include <coroutine>
#include <exception>
#include <utility>

#include "async/coroutine_frame.hpp"
#include "async/ready_queue.hpp"
#include "async/task_value.hpp"

namespace workbook {

/// A piece of work that can suspend, and has a T when it is done. It is lazy: it begins when it is
/// awaited, on the thread and in the call of whoever awaits it, and returns there when it suspends.
/// - A task that ends later makes whoever awaits it ready, in the current ready_queue; nobody is
///   resumed from within it, so a million tasks in a row need no more stack than one.
/// - What it throws comes out where it is awaited.
/// - It owns its coroutine's frame: what the task and its arguments refer to must live longer.
///
/// Move-only; awaited at most once. Not thread-safe: a task belongs to one event loop.
template <class T = void>
class [[nodiscard]] task {
 public:
  struct promise_type;
  using handle = std::coroutine_handle<promise_type>;

  struct ending {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(handle ended) const noexcept {
      if (ended.promise().awaiting) ready_queue::make_ready(ended.promise().awaiting);
    }
    void await_resume() const noexcept {}
  };

  struct promise_type : counted_frame, task_value<T> {
    std::coroutine_handle<> awaiting;  // null while nobody waits: before it begins, and if it ends at once
    std::exception_ptr error;

    task get_return_object() { return task(handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    ending final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { error = std::current_exception(); }
  };

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~task() {
    if (frame_) frame_.destroy();
  }

  // What `co_await` asks of a task.
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> who) {
    frame_.resume();
    if (frame_.done()) return false;
    frame_.promise().awaiting = who;
    return true;
  }
  T await_resume() {
    if (frame_.promise().error) std::rethrow_exception(frame_.promise().error);
    return frame_.promise().take();
  }

  /// @returns its coroutine, still owned by this object: for the loop that a task is spawned on.
  [[nodiscard]] handle frame() const noexcept { return frame_; }

 private:
  explicit task(handle frame) : frame_(frame) {}

  handle frame_;  // null once it has been moved from
};

}  // namespace workbook
