#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <vector>

namespace workbook {

/// @returns the processor time that `process` has used, all its threads together; 0 if it has gone.
/// Source: clock_getcpuclockid(3).
[[nodiscard]] std::chrono::nanoseconds processor_time(pid_t process);

/// What the scheduler of the kernel says about a thread.
struct thread_work {
  pid_t thread = 0;
  std::chrono::nanoseconds running{0};
  std::uint64_t turns = 0;  ///< how often it was given a processor
};

/// @returns the work of all threads of `process`; all 0 where the kernel does not tell.
/// Source: Linux, Documentation/scheduler/sched-stats.rst, /proc/<pid>/schedstat.
[[nodiscard]] std::vector<thread_work> read_thread_work(pid_t process);

}  // namespace workbook
