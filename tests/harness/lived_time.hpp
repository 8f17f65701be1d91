#pragma once

#include <algorithm>
#include <chrono>

namespace workbook::harness {

/// The time that passes while somebody looks again and again. Of a long gap between two looks only
/// a tenth of a second counts: the process was stopped in it, or its container was paused.
class lived_time {
 public:
  /// Takes a look. @returns the time since the first one.
  std::chrono::nanoseconds look() {
    const auto now = std::chrono::steady_clock::now();
    last_step_ = std::min<std::chrono::nanoseconds>(now - last_look_, longest_step);
    last_look_ = now;
    return sum_ += last_step_;
  }
  /// @returns what the last look has added.
  [[nodiscard]] std::chrono::nanoseconds last_step() const { return last_step_; }

 private:
  static constexpr std::chrono::milliseconds longest_step{100};

  std::chrono::steady_clock::time_point last_look_ = std::chrono::steady_clock::now();
  std::chrono::nanoseconds last_step_{0};
  std::chrono::nanoseconds sum_{0};
};

}  // namespace workbook::harness
