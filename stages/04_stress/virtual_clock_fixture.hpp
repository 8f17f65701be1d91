#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

namespace workbook {

/// Time that passes only when a test says so, and when somebody sleeps.
/// Thread-safe.
class virtual_clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  [[nodiscard]] time_point now() const { return time_point(since_begin_.load()); }

  void advance(std::chrono::nanoseconds time) { add(time); }

  /// Ends at once; the clock then shows `time`, unless that is past.
  void sleep_until(time_point time) { add(std::max(time - now(), std::chrono::nanoseconds(0))); }

  /// @returns this clock as code under test takes it, a `load_clock`. It must outlive that.
  template <class Clock>
  [[nodiscard]] Clock as() {
    return {.now = [this] { return now(); },
            .sleep_until = [this](time_point time, const auto& /*stop*/) { sleep_until(time); }};
  }

 private:
  void add(std::chrono::nanoseconds time) { since_begin_ = since_begin_.load() + time; }

  std::atomic<std::chrono::nanoseconds> since_begin_{std::chrono::hours(1)};
};

}  // namespace workbook
