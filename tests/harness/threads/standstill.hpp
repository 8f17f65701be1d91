#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "harness/threads/exploration.hpp"
#include "support/thread_states.hpp"

namespace workbook::harness::exploration {

/// Decides that an exploring process takes no step any more: a thread goes round a loop, or all are
/// asleep where the explorer does not see it. Only what the process itself has done counts, so on a
/// busy machine the decision comes later and is the same.
class standstill {
 public:
  standstill(pid_t process, const shared_state& shared);

  /// Takes a look; call it every few milliseconds. @returns whether the process stands still.
  [[nodiscard]] bool look();

  /// Once it stands still: which thread, how and where. "main waits in poll (FILE:LINE in f)".
  /// Blocks while addr2line(1) runs.
  [[nodiscard]] std::string describe() const;

 private:
  pid_t process_;
  const shared_state& shared_;
  // When the last step was seen:
  std::uint64_t steps_ = 0;
  std::chrono::nanoseconds used_{};  // processor time until then
  std::uint64_t switches_ = 0;
  // Since then:
  std::vector<workbook::thread_state> states_;
  int looks_asleep_ = 0;
  bool asleep_ = false;
};

}  // namespace workbook::harness::exploration
