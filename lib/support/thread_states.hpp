#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace workbook {

/// What a thread is doing, as far as the kernel knows.
enum class thread_activity {
  running,  ///< runs, is ready to run, waits with a time limit (one of the call, or a timer
            ///< that is watched; in this process, one of the socket), or is stopped by a
            ///< signal or a debugger: it can go on without any other thread
  waiting_on_futex,   ///< waits without a limit: a mutex, a condition variable, the end of a thread
  waiting_to_read,    ///< waits for bytes
  waiting_to_write,   ///< waits for room to send
  waiting_to_accept,  ///< waits for a connection
  waiting_for_events,  ///< waits in poll or epoll, without a limit
};

/// @returns "waits for bytes (recv)", ...
[[nodiscard]] std::string_view describe(thread_activity activity);

struct thread_state {
  pid_t thread = 0;
  thread_activity activity = thread_activity::running;
  int fd = -1;  ///< the descriptor that it waits for, if it is one
  /// Waits in the kernel for an event, with or without a time limit. One that is stopped does not,
  /// nor one whose memory is being brought from the disk: it goes on by itself. Or has ended.
  bool asleep = false;
  std::uint64_t context_switches = 0;

  bool operator==(const thread_state&) const = default;
};

/// @returns the states of all threads of `process`, ordered by thread number. Another process can
/// be looked at if it is a child of this one. Source: proc(5), task/[tid]/syscall and status.
[[nodiscard]] std::vector<thread_state> read_thread_states(pid_t process);

/// @returns the processes that the threads of `process` have started and that still exist.
/// Source: proc(5), task/[tid]/children.
[[nodiscard]] std::vector<pid_t> child_processes(pid_t process);

/// Decides that a process stands still for good: every thread waits without a time limit, and no
/// thread has run between several looks. In a process whose clients and servers are its own threads
/// nothing can ever happen again then, because all who could make it happen are waiting.
/// A process that has started another one and waits for it does not stand still.
///
/// Not thread-safe.
class quiescence_detector {
 public:
  /// `background` are threads that do not count: those of a sanitizer.
  explicit quiescence_detector(pid_t process, std::vector<pid_t> background = {});

  /// Takes a look. @returns the states once they have not changed for `looks_needed` looks.
  [[nodiscard]] std::optional<std::vector<thread_state>> look();

 private:
  // A look every 5 to 10 ms. A thread that has been woken counts as running even before it gets a
  // processor, so a busy machine makes the verdict later, not wrong.
  static constexpr int looks_needed = 8;

  pid_t process_;
  std::vector<pid_t> background_;
  std::vector<thread_state> last_;
  int unchanged_ = 0;
};

}  // namespace workbook
