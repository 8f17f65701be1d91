#pragma once

#include <functional>
#include <memory>

namespace workbook::harness {

/// @returns whether this build can stop a thread after each machine instruction: on x86-64 Linux,
/// and not under ThreadSanitizer, which has no time for that.
[[nodiscard]] bool can_interrupt_everywhere();

class intruder;

/// From begin() to end(), `second` runs on another thread after each machine instruction of this
/// one: the first three times that it comes to that instruction. One object at a time in a process.
class interruptions {
 public:
  explicit interruptions(const std::function<void()>& second);
  ~interruptions();
  interruptions(const interruptions&) = delete;
  interruptions& operator=(const interruptions&) = delete;

  void begin();

  /// Blocks until `second` has returned. @returns how often it has run.
  int end();

 private:
  std::unique_ptr<intruder> intruder_;
};

/// Runs `first` once on this thread and, after each machine instruction of it, all of `second` on
/// another thread. If `second` has to wait for `first` (for a mutex that `first` holds), it goes on
/// when it can, and runs less often. If `first` begins again because it was disturbed
/// (compare_exchange), it is left alone in its fourth round.
///
/// So a read and a write that should have been one step are found always, not by luck: `second`
/// runs between them, and what it wrote is lost. ThreadSanitizer is silent when both are atomic.
/// @returns how often `second` has run: what the two have counted together must agree with that.
/// Blocks until both have ended.
template <class First>
[[nodiscard]] int interrupt_everywhere(First first, const std::function<void()>& second) {
  interruptions after_each_instruction(second);
  after_each_instruction.begin();
  first();
  return after_each_instruction.end();
}

}  // namespace workbook::harness
