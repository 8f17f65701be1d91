#pragma once

#include <sys/syscall.h>
#include <unistd.h>

namespace workbook {

/// @returns the number of the calling thread as the system's tools show it: `ps -L`, `top -H`, the
/// folders of /proc/[pid]/task. Source: gettid(2).
[[nodiscard]] inline long os_thread_id() { return ::syscall(SYS_gettid); }

}  // namespace workbook
