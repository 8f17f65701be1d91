#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <task.hpp>  // of the side under test, as its suite includes it
#include <utility>

#include "async/ready_queue.hpp"

namespace workbook {

/// Begins `work` and resumes who is ready until nobody is: a loop without a world.
inline void run_to_the_end(task<> work) {
  ready_queue queue;
  const ready_queue::as_current current(queue);
  queue.push(work.frame());
  while (!queue.empty()) queue.run_batch([](auto who) { who.resume(); });
  if (work.frame().done()) work.await_resume();
}

/// Where one coroutine waits until a test lets it go.
class parking {
 public:
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> who) { waiting_ = who; }
  void await_resume() const {}

  [[nodiscard]] bool somebody_waits() const { return waiting_ != nullptr; }
  void let_go() { std::exchange(waiting_, nullptr).resume(); }

 private:
  std::coroutine_handle<> waiting_;
};

/// Awaited, it lets everybody who is ready go first.
struct next_turn {
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> who) const { ready_queue::make_ready(who); }
  void await_resume() const {}
};

/// How far apart the places on the stack are from which note() was called.
class spread {
 public:
  void note() {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (lowest_ == 0 || here < lowest_) lowest_ = here;
    if (here > highest_) highest_ = here;
  }
  [[nodiscard]] std::size_t bytes() const { return highest_ - lowest_; }

 private:
  std::uintptr_t lowest_ = 0;
  std::uintptr_t highest_ = 0;
};

}  // namespace workbook
