#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "net/backlog.hpp"  // what a client has to wait for is a part of the state
#include "support/thread_states.hpp"

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

/// Looks again and again until `condition` holds. For states of the kernel that follow from what
/// has already happened, and that nobody announces.
/// @returns false when there is nothing more to hope for, see patience.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

}  // namespace workbook::harness
