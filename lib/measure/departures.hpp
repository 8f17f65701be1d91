#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <stop_token>

namespace workbook {

/// Notes when the requests of an open loop leave. So a report can say whether the rate was kept: a
/// generator whose clients all wait for answers sends less than it was asked to.
///
/// Thread-safe.
class departures {
 public:
  /// How long after its time a request may leave and still be in time: no timer is exact.
  static constexpr std::chrono::milliseconds tolerance{1};

  using time_point = std::chrono::steady_clock::time_point;

  /// @returns `clock` (a `load_clock`); whoever sleeps by it until a request is due is noted. Both
  /// must outlive it.
  template <class Clock>
  [[nodiscard]] Clock noting(const Clock& clock) {
    return {.now = clock.now,
            .sleep_until = [this, &clock](time_point due, const std::stop_token& stop) {
              const bool late = clock.now() > due + tolerance;
              clock.sleep_until(due, stop);
              if (!stop.stop_requested()) note(clock.now(), late);
            }};
  }

  /// @returns how many requests left late, because their client was not free in time.
  [[nodiscard]] std::size_t late() const { return late_; }

  /// @returns how many requests per second left, from the first to the last; 0 if that took no
  /// time.
  [[nodiscard]] double rate() const {
    const std::chrono::duration<double> time = last_ - first_;
    return time.count() > 0 ? static_cast<double>(count_ - 1) / time.count() : 0;
  }

 private:
  void note(time_point now, bool late) {
    const std::scoped_lock lock(mutex_);
    first_ = count_ == 0 ? now : std::min(first_, now);
    last_ = std::max(last_, now);
    ++count_;
    late_ += late ? 1 : 0;
  }

  std::mutex mutex_;  // guards everything below, until the clients have ended
  std::size_t count_ = 0;
  std::size_t late_ = 0;
  time_point first_{};
  time_point last_{};
};

}  // namespace workbook
