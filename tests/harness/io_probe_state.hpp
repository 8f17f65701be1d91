#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "harness/io_probes.hpp"

namespace workbook::harness {

/// What the probes want of one function. Threads of the code under test read it, the test writes
/// it.
struct probed_call {
  std::atomic<std::uint64_t> made = 0;
  std::atomic<std::uint64_t> most = std::numeric_limits<std::uint64_t>::max();
  std::string reason;  ///< set before `most`
  std::atomic<int> failures_left = 0;
  std::atomic<int> error = 0;
  std::atomic<const std::function<void()>*> hook = nullptr;
  std::atomic<std::size_t> cap = std::numeric_limits<std::size_t>::max();

  /// Counts a call. @returns whether it has to fail; errno is set then.
  [[nodiscard]] bool must_fail();

  void run_hook() const;

  /// @returns how many of `bytes` the call may move.
  [[nodiscard]] std::size_t allowed(std::size_t bytes) const;
};

[[nodiscard]] probed_call& state_of(io_call call);
[[nodiscard]] bool calls_are_probed();
void note_received(std::size_t bytes);
void note_timed_poll();
void note_close_of_nothing();
void note_close_with_unread_bytes();

/// By how many nanoseconds the steady clock is ahead of the real one.
[[nodiscard]] std::int64_t clock_offset();

}  // namespace workbook::harness
