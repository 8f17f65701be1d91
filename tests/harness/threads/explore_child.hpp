#pragma once

#include <string>
#include <vector>

#include "harness/threads/schedule_search.hpp"

namespace workbook::harness::exploration {

/// What the child process is to do.
struct child_task {
  const explore_options& options;
  const std::function<void()>& body;
  bool trace = false;         // record every step
  bool one_schedule = false;  // only this one
  std::vector<int> answers = {};
};

/// How a child process ended.
struct child_end {
  int wait_status = 0;  // as waitpid(2) gives it
  std::string stuck;    // which thread took no step any more, and where: we killed it
};

/// Forks a child that explores into `shared`, and blocks until it has ended.
/// @throws std::system_error if the OS refuses the fork.
[[nodiscard]] child_end run_child(shared_state& shared, const child_task& task);

}  // namespace workbook::harness::exploration
