#pragma once

#include <cstddef>

#include "async/loop_base.hpp"

namespace workbook {

/// How many tasks of a loop are present, so that one of them can wait until the others have gone.
/// Not thread-safe: it belongs to its loop, and must outlive the tasks.
class attendance {
 public:
  attendance() = default;
  attendance(const attendance&) = delete;
  attendance& operator=(const attendance&) = delete;

  /// Counts a task in: whoever spawns it does so, since it begins later.
  void enter() { ++present_; }

  /// Counts a task out when it is destroyed: one of its first lines makes it.
  class leaving {
   public:
    explicit leaving(attendance& of) : of_(of) {}
    ~leaving() {
      if (--of_.present_ == 0 && of_.loop_ != nullptr) of_.loop_->interrupt(of_.all_gone_);
    }
    leaving(const leaving&) = delete;
    leaving& operator=(const leaving&) = delete;

   private:
    attendance& of_;
  };

  /// To be awaited by one task on `loop`, while at least one is present: ends when none is any more
  /// (stopped), or `deadline` has come (timed_out).
  suspension until_all_have_gone(loop_base& loop, loop_base::time_point deadline) {
    loop_ = &loop;
    return loop.readable(all_gone_, deadline);
  }

 private:
  loop_base* loop_ = nullptr;  // of whoever waits
  std::size_t present_ = 0;
  io_source all_gone_{.readable = false};  // of no descriptor
};

}  // namespace workbook
