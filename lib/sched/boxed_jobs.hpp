#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "support/job.hpp"

namespace workbook {

/// A deque of pointers, such as lock_free_deque, in the form of a job_deque: each job lies in a box
/// of its own while it waits, since an atomic can hold a pointer and not a job.
///
/// As thread-safe as `PointerDeque`.
template <class PointerDeque>
class boxed_jobs {
 public:
  boxed_jobs() = default;
  boxed_jobs(const boxed_jobs&) = delete;
  boxed_jobs& operator=(const boxed_jobs&) = delete;

  /// Deletes the jobs that are left. Nobody else may be inside.
  ~boxed_jobs() {
    while (take(pointers_.steal())) {
    }
  }

  /// Adds `work` at the newest end; moves from it only when there is room. @returns whether.
  bool push(job&& work) {
    auto box = std::make_unique<job>(std::move(work));
    if (pointers_.push(box.get())) {
      (void)box.release();  // it belongs to whoever takes the pointer out
      return true;
    }
    work = std::move(*box);
    return false;
  }

  [[nodiscard]] std::optional<job> pop() { return take(pointers_.pop()); }
  [[nodiscard]] std::optional<job> steal() { return take(pointers_.steal()); }
  [[nodiscard]] bool empty() const { return pointers_.empty(); }

 private:
  static std::optional<job> take(job* pointer) {
    const std::unique_ptr<job> box(pointer);
    return box ? std::optional<job>(std::move(*box)) : std::nullopt;
  }

  PointerDeque pointers_;
};

}  // namespace workbook
