#pragma once

#include <functional>
#include <string>

namespace workbook::harness {

/// How a process came to its end.
struct process_end {
  std::string ended_by;  ///< "SIGABRT", or "exit code 0"
  std::string error_output;
};

/// Runs `code` in a process of its own: for code that is meant to end its process. The child exits
/// with code 0 when `code` returns; a TODO that is not written yet ends the test.
/// The calling process must have no other thread: it forks. Blocks until the child has ended.
/// @throws std::system_error if there is no process to be had.
[[nodiscard]] process_end run_in_child_process(const std::function<void()>& code);

/// @returns "SIGABRT" for 6. Source: sigabbrev_np(3).
[[nodiscard]] std::string signal_name(int signal);

}  // namespace workbook::harness
