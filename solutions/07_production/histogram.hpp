#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "metrics/histogram_snapshot.hpp"

namespace workbook {

/// Counts values in buckets, so that it can be said later how many were small and how many large:
/// a value is in the first bucket whose bound is not less than it, or in the last, which has none.
/// Thread-safe. Blocks only for others who observe or ask.
class histogram {
 public:
  /// @throws std::invalid_argument unless `bounds` ascend, to a finite one.
  explicit histogram(std::vector<double> bounds)
      : bounds_(checked_bounds(std::move(bounds))), buckets_(bounds_.size() + 1) {}

  /// Counts `value`: seconds, bytes, or whatever the histogram is of.
  void observe(double value) {
    const auto bound = std::ranges::lower_bound(bounds_, value);
    const std::scoped_lock lock(mutex_);
    ++buckets_[static_cast<std::size_t>(bound - bounds_.begin())];
    sum_ += value;
  }

  /// @returns what it has seen; all of it is of the same moment.
  [[nodiscard]] histogram_snapshot snapshot() const {
    const std::scoped_lock lock(mutex_);
    return {bounds_, buckets_, sum_};
  }

 private:
  const std::vector<double> bounds_;

  mutable std::mutex mutex_;            // guards what follows
  std::vector<std::uint64_t> buckets_;  // how many values are in each, and in no other
  double sum_ = 0;                      // of all values
};

}  // namespace workbook
