#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "support/job.hpp"

namespace workbook {

/// What threads hand in that are no workers: first in, first out. It has a lock for each end, so
/// whoever hands in seldom waits for those who take out, and allocates nothing once it has grown.
///
/// Thread-safe. Never blocks for longer than another call takes.
class job_inbox {
 public:
  /// Adds `work` behind all others.
  void push(job&& work) {
    const std::scoped_lock lock(in_mutex_);
    in_.push_back(std::move(work));
  }

  /// Takes the oldest job. @returns nothing if there is none.
  [[nodiscard]] std::optional<job> take() {
    const std::scoped_lock lock(out_mutex_);
    if (next_ == out_.size()) refill();
    if (out_.empty()) return std::nullopt;
    return std::move(out_[next_++]);
  }

  /// @returns whether there is no job at this moment.
  [[nodiscard]] bool empty() const {
    const std::scoped_lock lock(out_mutex_);
    if (next_ < out_.size()) return false;
    const std::scoped_lock in_lock(in_mutex_);
    return in_.empty();
  }

 private:
  /// With out_mutex_ held, and all of out_ taken.
  void refill() {
    out_.clear();
    next_ = 0;
    const std::scoped_lock lock(in_mutex_);  // always after out_mutex_
    out_.swap(in_);
  }

  alignas(64) mutable std::mutex out_mutex_;  // guards out_ and next_
  std::vector<job> out_;                      // oldest first
  std::size_t next_ = 0;                      // of out_; those before it are taken

  alignas(64) mutable std::mutex in_mutex_;  // guards in_
  std::vector<job> in_;                      // oldest first, all younger than those of out_
};

}  // namespace workbook
