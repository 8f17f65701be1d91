#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "metrics/labels.hpp"

namespace workbook {

/// Counts what happens, apart for each set of labels. Each set that was ever counted stays: so labels
/// must be few, and never what a client has written.
///
/// Thread-safe. Blocks only for others who count or ask.
class labelled_counts {
 public:
  void count(const label_set& labels) {
    const std::scoped_lock lock(mutex_);
    ++counts_[labels];
  }

  /// @returns all counts of the same moment, in the order of their labels.
  [[nodiscard]] std::map<label_set, std::uint64_t> snapshot() const {
    const std::scoped_lock lock(mutex_);
    return counts_;
  }

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::map<label_set, std::uint64_t> counts_;
};

}  // namespace workbook
