#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/threads/schedule_search.hpp"

namespace workbook::harness::exploration {

/// Runs a body once, under the search's present schedule: the scheduler of its threads, or the world
/// around it (world/world.hpp). Made in the child process, and only used there.
class schedule_runner {
 public:
  virtual ~schedule_runner() = default;

  /// Does not return from a schedule that fails.
  virtual void run_schedule() = 0;
  [[noreturn]] virtual void fail(explore_verdict verdict, const std::string& message) = 0;
};

/// What the child process is to do.
struct child_task {
  using runner_maker = std::function<std::unique_ptr<schedule_runner>(
      shared_state&, schedule_search&, const child_task&)>;

  const explore_options& options;
  const std::function<void()>& body;
  runner_maker make_runner = {};
  std::function<std::string(const shared_state&)> draw = {};  // the schedule that was recorded
  bool of_world = false;
  bool trace = false;         // record every step
  bool one_schedule = false;  // only this one
  std::vector<int> answers = {};
};

/// For bodies that have threads.
[[nodiscard]] child_task::runner_maker runner_of_threads();

/// How a child process ended.
struct child_end {
  int wait_status = 0;  // as waitpid(2) gives it
  std::string stuck;    // which thread took no step any more, and where: we killed it
  bool asleep = false;  // then: because it waits, and not in a loop
};

/// Forks a child that explores into `shared`, and blocks until it has ended.
/// @throws std::system_error if the OS refuses the fork.
[[nodiscard]] child_end run_child(shared_state& shared, const child_task& task);

/// In the child: ends the process with this verdict on the present schedule.
[[noreturn]] void end_child(shared_state& shared, explore_verdict verdict,
                            const std::string& message);

/// @returns why std::terminate was called, as the end of a sentence: "… calls std::terminate".
[[nodiscard]] std::string why_it_terminates();

/// explore() for any runner: explores in a child process, and if a schedule fails, again in a second
/// one, which records it. Throws what explore() throws.
[[nodiscard]] explore_result explore_in_child(child_task task);

}  // namespace workbook::harness::exploration
