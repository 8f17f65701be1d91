#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "net/backlog.hpp"  // what a client has to wait for is a part of the state
#include "support/thread_states.hpp"
#include "support/thread_work.hpp"

/// What this process is like at the moment, as the kernel knows it, and how to wait until it is
/// otherwise.
namespace workbook::harness {

/// @returns how many sockets this process has open. Source: proc(5), [pid]/fd.
[[nodiscard]] std::size_t open_sockets();

/// @returns how many of them a program started by exec(3) would inherit. Source: fcntl(2),
/// FD_CLOEXEC.
[[nodiscard]] std::size_t sockets_kept_on_exec();

/// @returns how many threads this process has. Source: proc(5), [pid]/task.
[[nodiscard]] std::size_t thread_count();

/// @returns what the thread of this process with this os_thread_id() is doing, or nothing if it has
/// ended.
[[nodiscard]] std::optional<thread_activity> activity_of(long thread);

/// @returns whether a thread of this process is doing that.
[[nodiscard]] bool some_thread_is(thread_activity activity);

/// @returns how many threads of this process wait without a time limit for a mutex, a condition
/// variable, an atomic or the end of a thread. Source: proc(5), task/[tid]/syscall.
[[nodiscard]] std::size_t threads_waiting_on_futex();

/// The time that passes while somebody looks again and again. Of a long gap between two looks only
/// a tenth of a second counts: the process was stopped in it, or its container was paused.
class lived_time {
 public:
  /// Takes a look. @returns the time since the first one.
  std::chrono::nanoseconds look();
  /// @returns what the last look has added.
  [[nodiscard]] std::chrono::nanoseconds last_step() const { return last_step_; }

 private:
  std::chrono::steady_clock::time_point last_look_ = std::chrono::steady_clock::now();
  std::chrono::nanoseconds last_step_{0};
  std::chrono::nanoseconds sum_{0};
};

/// The time in which a process could have gone on and did not: all of its threads slept when
/// somebody looked, and those of the processes that it has started. A thread that is ready to run
/// does not sleep, whoever has the processors: what a busy machine takes does not count. While
/// there is a process that it has started, only a fifth counts: that one may have a timer.
class idle_time {
 public:
  explicit idle_time(pid_t process) : process_(process) {}

  /// Takes a look, `step` after the one before. @returns the sum so far.
  std::chrono::nanoseconds look(std::chrono::nanoseconds step);

 private:
  pid_t process_;
  std::chrono::nanoseconds sum_{0};
};

/// How long the calling thread hopes that the other threads of its process bring something about.
/// What they do decides, so a busy machine makes the end later and never another:
/// - they stand still: each waits without a time limit, and none has run for half a second;
/// - one works on and on: it has used half a second, or has had 250 turns on a processor,
///   far more than anything takes that is waited for here;
/// - they have slept for two seconds, with or without turns in between.
class patience {
 public:
  patience();

  /// Takes a look at the other threads.
  [[nodiscard]] bool is_over();

 private:
  [[nodiscard]] bool others_stand_still() const;
  [[nodiscard]] bool one_works_on_and_on();

  lived_time time_;
  std::map<pid_t, thread_work> work_before_;
  std::vector<thread_state> states_;       // of the others, at the last look
  std::chrono::nanoseconds unchanged_{0};  // for so long they have been like that
  std::chrono::nanoseconds asleep_{0};     // for so long all of them have slept
};

/// Looks again and again until `condition` holds. For states of the kernel that follow from what
/// has already happened, and that nobody announces.
/// @returns false when there is nothing more to hope for, see patience.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

}  // namespace workbook::harness
