#pragma once

#include <job_deque.hpp>
#include <optional>
#include <utility>

#include "support/job.hpp"

namespace workbook::bench {

/// A job_deque whose owner remembers that it is empty: nobody else puts a job in, so there is nothing
/// to look for until he does. A worker that takes its jobs from the inbox saves a lock for each.
///
/// push() and pop() only by one thread, the owner; steal() and empty() by any thread.
class owned_deque {
 public:
  bool push(job&& work) {
    may_have_jobs_ = true;
    return jobs_.push(std::move(work));
  }

  [[nodiscard]] std::optional<job> pop() {
    if (!may_have_jobs_) return std::nullopt;
    std::optional<job> newest = jobs_.pop();
    may_have_jobs_ = newest.has_value();
    return newest;
  }

  [[nodiscard]] std::optional<job> steal() { return jobs_.steal(); }
  [[nodiscard]] bool empty() const { return jobs_.empty(); }

 private:
  job_deque jobs_;
  bool may_have_jobs_ = false;  // the owner's: no other thread touches it
};

}  // namespace workbook::bench
