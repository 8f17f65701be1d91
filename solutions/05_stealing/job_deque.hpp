#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "support/job.hpp"

namespace workbook {

/// The jobs of one worker. Its owner puts in and takes out at the newest end; other workers, who
/// have nothing to do, steal at the oldest: there lie the jobs that will make the most work, and
/// there they are out of the owner's way.
///
/// Thread-safe. Never blocks for longer than another call takes.
class alignas(64) job_deque {  // a cache line of its own: the neighbour's owner writes there
 public:
  /// Adds `work` at the newest end. @returns true: there is always room.
  bool push(job&& work) {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(work));
    return true;
  }

  /// Takes the newest job. @returns nothing if there is none.
  [[nodiscard]] std::optional<job> pop() {
    const std::scoped_lock lock(mutex_);
    if (jobs_.empty()) return std::nullopt;
    std::optional<job> newest(std::move(jobs_.back()));
    jobs_.pop_back();
    return newest;
  }

  /// Takes the oldest job. @returns nothing if there is none.
  [[nodiscard]] std::optional<job> steal() {
    const std::scoped_lock lock(mutex_);
    if (jobs_.empty()) return std::nullopt;
    std::optional<job> oldest(std::move(jobs_.front()));
    jobs_.pop_front();
    return oldest;
  }

  /// @returns whether there is no job at this moment.
  [[nodiscard]] bool empty() const {
    const std::scoped_lock lock(mutex_);
    return jobs_.empty();
  }

 private:
  mutable std::mutex mutex_;  // guards jobs_
  std::deque<job> jobs_;      // oldest first
};

}  // namespace workbook
