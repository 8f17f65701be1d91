#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "harness/io_probes.hpp"
#include "harness/story.hpp"

/// What the probes (io_probes.hpp) and the functions in front of the C library's (io_calls.cpp)
/// tell each other. Threads of the code under test read it, the test writes it.
namespace workbook::harness::probed {

inline thread_local int unprobed_depth = 0;

/// @returns whether the calling thread's calls are those of the code under test.
[[nodiscard]] inline bool here() { return unprobed_depth == 0; }

/// What the probes want of one call.
struct call_state {
  std::atomic<std::uint64_t> made = 0;
  std::atomic<std::uint64_t> most = std::numeric_limits<std::uint64_t>::max();
  std::string reason;  ///< set before `most`
  std::atomic<int> failures_left = 0;
  std::atomic<int> error = 0;
  std::atomic<const std::function<void()>*> hook = nullptr;
  std::atomic<std::size_t> cap = std::numeric_limits<std::size_t>::max();

  /// Counts a call. @returns whether it has to fail; errno is set then.
  [[nodiscard]] bool must_fail() {
    if (!here()) return false;
    const std::uint64_t number = ++made;
    if (number > most) fail_now(reason);
    int left = failures_left;
    while (left > 0 && !failures_left.compare_exchange_weak(left, left - 1)) {
    }
    if (left <= 0) return false;
    errno = error;
    return true;
  }

  void run_hook() const {
    const std::function<void()>* const function = hook;
    if (function != nullptr && here()) (*function)();
  }

  /// @returns how many of `bytes` the call may move.
  [[nodiscard]] std::size_t allowed(std::size_t bytes) const {
    return here() ? std::min(bytes, cap.load()) : bytes;
  }
};

inline constinit std::array<call_state, static_cast<std::size_t>(io_call::timerfd_settime) + 1>
    states;

[[nodiscard]] inline call_state& state_of(io_call call) {
  return states[static_cast<std::size_t>(call)];
}

inline std::atomic<std::uint64_t> bytes_received = 0;
inline std::atomic<std::uint64_t> timed_polls = 0;
inline std::atomic<std::uint64_t> closed_nothing = 0;
inline std::atomic<std::uint64_t> closed_unread = 0;
inline std::atomic<std::int64_t> receiving_takes = 0;
inline std::atomic<std::int64_t> steady_clock_offset = 0;

}  // namespace workbook::harness::probed
