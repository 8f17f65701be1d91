#pragma once

#include <time.h>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {

inline constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

[[nodiscard]] constexpr std::int64_t to_nanoseconds(const timespec& t) {
  return t.tv_sec * nanoseconds_per_second + t.tv_nsec;
}

/// What `clock` showed when the present schedule began.
[[nodiscard]] inline std::int64_t start_of(scheduler& explorer, clockid_t clock) {
  const shared_state& shared = explorer.shared();
  return to_nanoseconds(clock == CLOCK_REALTIME ? shared.realtime_start : shared.monotonic_start);
}

/// A point in time of `clock` as nanoseconds since the present schedule began, never negative.
[[nodiscard]] inline std::int64_t from_deadline(scheduler& explorer, clockid_t clock,
                                                const timespec& deadline) {
  const std::int64_t since_start = to_nanoseconds(deadline) - start_of(explorer, clock);
  return since_start < 0 ? 0 : since_start;
}

}  // namespace workbook::harness::exploration
