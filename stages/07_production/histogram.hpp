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

  // TODO 7.1 (about 10 lines): turns Histogram.* and HistogramSchedules.* green
  //   Which bucket is a value in that lies exactly on a bound? Other threads observe meanwhile:
  //   what must nobody see half done? Must finding the bucket be protected, too?
  /// Counts `value`: seconds, bytes, or whatever the histogram is of.
  void observe(double value) { todo("7.1", value, sum_); }

  /// @returns what it has seen; all of it is of the same moment.
  [[nodiscard]] histogram_snapshot snapshot() const { todo("7.1"); }

 private:
  const std::vector<double> bounds_;

  mutable std::mutex mutex_;            // guards what follows
  std::vector<std::uint64_t> buckets_;  // how many values are in each, and in no other
  double sum_ = 0;                      // of all values
};

}  // namespace workbook
