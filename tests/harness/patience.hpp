#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <vector>

#include "harness/lived_time.hpp"
#include "support/thread_states.hpp"

namespace workbook::harness {

/// How long the calling thread hopes that the other threads of its process bring something about.
/// What they do decides, so a busy machine makes the end later and never another:
/// - they stand still: each waits without a time limit, and none has run for half a second;
/// - one works on and on: it has used half a second, or has had 250 turns on a processor,
///   far more than anything takes that is waited for here;
/// - two seconds have passed, and it was not for want of a processor.
class patience {
 public:
  patience();

  /// Takes a look at the other threads.
  [[nodiscard]] bool is_over();

 private:
  [[nodiscard]] bool others_stand_still(std::chrono::nanoseconds now);

  lived_time time_;
  std::map<pid_t, thread_work> work_before_;
  std::vector<thread_state> states_;
  std::chrono::nanoseconds unchanged_since_{0};
};

}  // namespace workbook::harness
