#pragma once

#include <sys/types.h>

#include <string>

namespace workbook {

// Waits that look as if they had no time limit, and end by themselves.

/// @returns whether `epoll`, a descriptor of the thread whose folder in /proc is `task`, watches a
/// timer that will go off. Source: proc(5), fdinfo; timerfd_create(2).
[[nodiscard]] bool watches_armed_timer(const std::string& task, int epoll);

/// @returns whether `fd` is itself such a timer.
[[nodiscard]] bool is_armed_timer(const std::string& task, int fd);

/// @returns whether a wait for `socket`, a descriptor of `process`, ends by itself, because it has
/// `option`: SO_RCVTIMEO or SO_SNDTIMEO. False for what is no socket, and where the kernel does not
/// let us look (Linux before 5.6). Source: socket(7), pidfd_getfd(2).
[[nodiscard]] bool has_time_limit(pid_t process, int socket, int option);

}  // namespace workbook
