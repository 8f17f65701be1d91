#pragma once

#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace workbook {

/// Coroutines that can go on, in the order in which they became ready. A thread resumes the
/// coroutines of one queue: its current one.
///
/// Not thread-safe: the queue belongs to the thread that runs it.
class ready_queue {
 public:
  void push(std::coroutine_handle<> who) { waiting_.push_back(who); }

  [[nodiscard]] bool empty() const { return waiting_.empty(); }

  /// Takes all that are in the queue out, and calls `resume` with one after the other. Who is
  /// pushed meanwhile comes next time.
  template <class Resume>
  void run_batch(const Resume& resume) {
    std::swap(waiting_, batch_);
    for (const auto who : batch_) resume(who);
    batch_.clear();
  }

  /// While it lives, `queue` is the current one of this thread.
  class as_current {
   public:
    explicit as_current(ready_queue& queue) : before_(std::exchange(current_, &queue)) {}
    ~as_current() { current_ = before_; }
    as_current(const as_current&) = delete;
    as_current& operator=(const as_current&) = delete;

   private:
    ready_queue* before_;
  };

  /// Puts `who` into the current queue of this thread. Without one it ends the process: nobody
  /// would ever resume the coroutine.
  static void make_ready(std::coroutine_handle<> who) noexcept {
    if (current_ == nullptr) {
      std::fputs("a coroutine became ready on a thread that runs no event loop\n", stderr);
      std::abort();
    }
    current_->push(who);
  }

 private:
  // Two vectors that change places, not a deque: they keep their memory.
  std::vector<std::coroutine_handle<>> waiting_;
  std::vector<std::coroutine_handle<>> batch_;
  static inline thread_local ready_queue* current_ = nullptr;
};

}  // namespace workbook
