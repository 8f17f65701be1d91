#pragma once

#include <functional>

namespace workbook::harness {

/// @returns whether this build can stop a thread after each machine instruction: on x86-64 Linux,
/// and not under ThreadSanitizer, which has no time for that.
[[nodiscard]] bool can_interrupt_everywhere();

/// Runs `first` once on this thread and, after each machine instruction of it, all of `second` on
/// another thread. If `second` has to wait for `first` (for a mutex that `first` holds), it goes on
/// when it can, and runs less often.
///
/// So a read and a write that should have been one step are found always, not by luck: `second`
/// runs between them, and what it wrote is lost. ThreadSanitizer is silent when both are atomic.
/// @returns how often `second` has run: what the two have counted together must agree with that.
/// Blocks until both have ended. One at a time in a process.
[[nodiscard]] int interrupt_everywhere(const std::function<void()>& first,
                                       const std::function<void()>& second);

}  // namespace workbook::harness
