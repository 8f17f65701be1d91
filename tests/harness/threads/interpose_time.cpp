// Yields, sleeps, clocks and the futex behind std::atomic::wait, std::counting_semaphore,
// std::latch and std::future, as seen by a thread under explore(). For other threads: the real
// functions.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <linux/futex.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>

#include "harness/io_probe_state.hpp"
#include "harness/threads/explored_clock.hpp"
#include "harness/threads/probe_state.hpp"
#include "harness/threads/real_pthread.hpp"
#include "harness/threads/scheduler.hpp"

using workbook::harness::real;
using namespace workbook::harness::exploration;
namespace probes = workbook::harness::thread_probes;

namespace {

long as_system_call(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

/// futex(2): WAIT has a relative timeout, WAIT_BITSET an absolute one.
std::int64_t futex_deadline(scheduler& explorer, int operation, const timespec* timeout) {
  if (timeout == nullptr) return no_deadline;
  if ((operation & FUTEX_CMD_MASK) == FUTEX_WAIT) return explorer.now() + to_nanoseconds(*timeout);
  const bool wall_clock = (operation & FUTEX_CLOCK_REALTIME) != 0;
  return from_deadline(explorer, wall_clock ? CLOCK_REALTIME : CLOCK_MONOTONIC, *timeout);
}

long explored_futex(scheduler& explorer, int* word, int operation, int value,
                    const timespec* timeout) {
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
      return as_system_call(
          explorer.atomic_wait(word, value, futex_deadline(explorer, operation, timeout)));
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET: return explorer.atomic_notify(word, value);
    default: explorer.cannot_explore("futex with an operation that the explorer does not know");
  }
}

void move_on(timespec& time, std::int64_t nanoseconds) {
  const std::int64_t moved = to_nanoseconds(time) + nanoseconds;
  time.tv_sec = moved / nanoseconds_per_second;
  time.tv_nsec = moved % nanoseconds_per_second;
}

/// The scheduler's clock starts anew with every schedule.
int explored_sleep(scheduler& explorer, clockid_t clock, bool absolute, const timespec& time) {
  explorer.sleep_until(absolute ? from_deadline(explorer, clock, time)
                                : explorer.now() + to_nanoseconds(time));
  return 0;
}

}  // namespace

extern "C" {

// Reads six arguments although the caller may have passed fewer, as the C library's own does. The
// address sanitizer would take that for a mistake.
__attribute__((no_sanitize("address"))) long syscall(long number, ...) noexcept {
  va_list arguments;
  va_start(arguments, number);
  long a[6];
  for (long& argument : a) argument = va_arg(arguments, long);
  va_end(arguments);
  scheduler* explorer = scheduler::mine();
  if (explorer != nullptr && number == SYS_futex) {
    return explored_futex(*explorer, reinterpret_cast<int*>(a[0]), static_cast<int>(a[1]),
                          static_cast<int>(a[2]), reinterpret_cast<const timespec*>(a[3]));
  }
  return real().syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int sched_yield() noexcept {
  scheduler* explorer = scheduler::mine();
  if (explorer == nullptr) return real().sched_yield();
  explorer->yield();
  return 0;
}

int nanosleep(const timespec* time, timespec* rest) {
  if (scheduler* explorer = scheduler::mine()) {
    return explored_sleep(*explorer, CLOCK_MONOTONIC, false, *time);
  }
  ++probes::state.sleeps;
  return real().nanosleep(time, rest);
}

// In the C library these two do not come by nanosleep().
int usleep(useconds_t microseconds) {
  scheduler* explorer = scheduler::mine();
  if (explorer == nullptr) {
    ++probes::state.sleeps;
    return real().usleep(microseconds);
  }
  explorer->sleep_until(explorer->now() + std::int64_t{microseconds} * 1000);
  return 0;
}

unsigned sleep(unsigned seconds) {
  scheduler* explorer = scheduler::mine();
  if (explorer == nullptr) {
    ++probes::state.sleeps;
    return real().sleep(seconds);
  }
  explorer->sleep_until(explorer->now() + seconds * nanoseconds_per_second);
  return 0;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* rest) {
  if (scheduler* explorer = scheduler::mine()) {
    return explored_sleep(*explorer, clock, (flags & TIMER_ABSTIME) != 0, *time);
  }
  ++probes::state.sleeps;
  return real().clock_nanosleep(clock, flags, time, rest);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  scheduler* explorer = scheduler::mine();
  const bool shown = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
  if (explorer == nullptr) {
    const int result = real().clock_gettime(clock, time);
    if (clock == CLOCK_MONOTONIC) move_on(*time, workbook::harness::clock_offset());
    return result;
  }
  if (!shown) return real().clock_gettime(clock, time);
  const std::int64_t now = start_of(*explorer, clock) + explorer->now();
  time->tv_sec = now / nanoseconds_per_second;
  time->tv_nsec = now % nanoseconds_per_second;
  return 0;
}

}  // extern "C"

#endif
