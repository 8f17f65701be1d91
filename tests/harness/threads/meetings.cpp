// Threads that meet, or that wait for each other's work: pthread_once (std::call_once), sem_t,
// pthread_barrier_t, and the futex behind std::atomic::wait, std::counting_semaphore, std::latch,
// std::barrier and std::future. What they do under a schedule, and the functions that hide those of
// the C library: a thread under explore() gets the scheduler's version, every other the real one.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <linux/futex.h>
#include <semaphore.h>
#include <sys/syscall.h>

#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdint>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {
namespace {

constexpr pthread_once_t has_run = 2;  // as the C library marks it: a later call may be a real one

}  // namespace

/// A lock that is held while the function runs, and of no interest when it has.
int scheduler::once(pthread_once_t* control, void (*function)()) {
  if (*control == has_run) {
    acquires(control);
    return 0;
  }
  object_info& it = object(control, object_kind::once);
  if (!take(it, false, no_deadline)) return 0;
  const auto leave = [&] {
    it.owner = nobody;
    releases(control);
    step(operation::once);
  };
  if (*control != has_run) {
    record(operation::once, control);
    try {
      const scheduler_exit back;
      function();
    } catch (...) {  // then it has not run, and the next caller tries
      leave();
      throw;
    }
    *control = has_run;
  }
  leave();
  return 0;
}

bool scheduler::begin_static(int* stage, int there) {
  object_info& it = object(stage, object_kind::once);
  if (*stage == there || !take(it, false, no_deadline)) {
    acquires(stage);
    return false;
  }
  if (*stage != there) return true;
  it.owner = nobody;
  return false;
}

void scheduler::end_static(int* stage, int reached, std::int64_t* guard) {
  *stage = reached;
  const atomic_place is_there{guard, 1};
  if (reached != 0 && memory_) store(is_there, std::memory_order_release, 1, 0);
  if (reached != 0) *static_cast<char*>(static_cast<void*>(guard)) = 1;
  find(stage)->owner = nobody;
  releases(stage);
  step(operation::once);
}

/// Blocks until somebody wakes a thread that sleeps on this object. @returns false if the deadline
/// came first.
bool scheduler::sleep_on(const void* address, object_kind kind, std::int64_t deadline) {
  object(address, kind);
  record(operation::atomic_wait, address);
  thread_info& it = me();
  it.state = run_state::waits_atomic;
  it.object = address;
  it.deadline = deadline;
  it.timed_out = false;
  it.gave_way = ++ways_given_;
  about_to_ = operation::atomic_wait;
  dispatch();
  record(it.timed_out ? operation::time_out : operation::wake, address);
  return !it.timed_out;
}

// The number itself stays in the semaphore.
int scheduler::wait(sem_t* semaphore, std::int64_t deadline) {
  step(operation::acquire);
  while (real().sem_trywait(semaphore) != 0) {
    note_look(semaphore);
    if (!sleep_on(semaphore, object_kind::semaphore, deadline)) return ETIMEDOUT;
  }
  object(semaphore, object_kind::semaphore);
  acquires(semaphore);
  record(operation::acquire, semaphore);
  return 0;
}

int scheduler::try_wait(sem_t* semaphore) {
  step(operation::acquire);
  if (real().sem_trywait(semaphore) != 0) {
    note_look(semaphore);
    return EAGAIN;
  }
  object(semaphore, object_kind::semaphore);
  acquires(semaphore);
  record(operation::acquire, semaphore);
  return 0;
}

int scheduler::post(sem_t* semaphore) {
  step(operation::atomic_notify);
  releases(semaphore);
  if (real().sem_post(semaphore) != 0) return EOVERFLOW;
  wake_waiters(object(semaphore, object_kind::semaphore), run_state::waits_atomic, 1,
               operation::atomic_notify);
  return 0;
}

int scheduler::init(pthread_barrier_t* barrier, unsigned expected) {
  object_info& it = object(barrier, object_kind::barrier);
  it.expected = static_cast<int>(expected);
  it.arrived = 0;
  return 0;
}

int scheduler::wait(pthread_barrier_t* barrier) {
  step(operation::arrive);
  object_info& it = object(barrier, object_kind::barrier);
  if (it.expected == 0) cannot_explore("pthread_barrier_wait on a barrier that was made before");
  record(operation::arrive, barrier);
  releases(barrier);
  if (++it.arrived < it.expected) {
    (void)sleep_on(barrier, object_kind::barrier, no_deadline);
    acquires(barrier);
    return 0;
  }
  it.arrived = 0;
  acquires(barrier);
  wake_waiters(it, run_state::waits_atomic, INT_MAX, operation::atomic_notify);
  return PTHREAD_BARRIER_SERIAL_THREAD;
}

int scheduler::atomic_wait(const int* word, int expected, std::int64_t deadline) {
  step(operation::atomic_wait);
  note_look(word);
  if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected) return EAGAIN;
  return sleep_on(word, object_kind::atomic, deadline) ? 0 : ETIMEDOUT;
}

int scheduler::atomic_notify(const int* word, int at_most) {
  step(operation::atomic_notify);
  return wake_waiters(object(word, object_kind::atomic), run_state::waits_atomic, at_most,
                      operation::atomic_notify);
}

}  // namespace workbook::harness::exploration

using workbook::harness::real;
using namespace workbook::harness::exploration;

namespace {

/// As functions of the C library say it that are no pthread_*.
int with_errno(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

/// futex(2): WAIT has a relative timeout, WAIT_BITSET an absolute one.
std::int64_t futex_deadline(scheduler& explorer, int operation, const timespec* timeout) {
  if (timeout == nullptr) return no_deadline;
  if ((operation & FUTEX_CMD_MASK) == FUTEX_WAIT)
    return explorer.look_at_clock() + to_nanoseconds(*timeout);
  const bool wall_clock = (operation & FUTEX_CLOCK_REALTIME) != 0;
  return explorer.from_deadline(wall_clock ? CLOCK_REALTIME : CLOCK_MONOTONIC, *timeout);
}

long explored_futex(scheduler& explorer, int* word, int operation, int value,
                    const timespec* timeout) {
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
      return with_errno(
          explorer.atomic_wait(word, value, futex_deadline(explorer, operation, timeout)));
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET: return explorer.atomic_notify(word, value);
    default: explorer.cannot_explore("futex with an operation that the explorer does not know");
  }
}

}  // namespace

extern "C" {

int pthread_once(pthread_once_t* control, void (*function)()) {
  if (const auto explorer = scheduler::mine()) return explorer->once(control, function);
  return real().once(control, function);
}

int sem_wait(sem_t* semaphore) {
  if (const auto explorer = scheduler::mine()) return explorer->wait(semaphore, no_deadline);
  return real().sem_wait(semaphore);
}

int sem_timedwait(sem_t* semaphore, const timespec* deadline) {
  const auto explorer = scheduler::mine();
  if (!explorer) return real().sem_timedwait(semaphore, deadline);
  return with_errno(explorer->wait(semaphore, explorer->from_deadline(CLOCK_REALTIME, *deadline)));
}

int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* deadline) {
  const auto explorer = scheduler::mine();
  if (!explorer) return real().sem_clockwait(semaphore, clock, deadline);
  return with_errno(explorer->wait(semaphore, explorer->from_deadline(clock, *deadline)));
}

int sem_trywait(sem_t* semaphore) noexcept {
  if (const auto explorer = scheduler::mine()) return with_errno(explorer->try_wait(semaphore));
  return real().sem_trywait(semaphore);
}

int sem_post(sem_t* semaphore) noexcept {
  if (const auto explorer = scheduler::mine()) return with_errno(explorer->post(semaphore));
  return real().sem_post(semaphore);
}

int pthread_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t* attributes,
                         unsigned expected) noexcept {
  const int error = real().barrier_init(barrier, attributes, expected);
  const auto explorer = scheduler::mine();
  return error == 0 && explorer ? explorer->init(barrier, expected) : error;
}

int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->wait(barrier);
  return real().barrier_wait(barrier);
}

// Reads six arguments although the caller may have passed fewer, as the C library's own does. The
// address sanitizer would take that for a mistake.
__attribute__((no_sanitize("address"))) long syscall(long number, ...) noexcept {
  va_list arguments;
  va_start(arguments, number);
  long a[6];
  for (long& argument : a) argument = va_arg(arguments, long);
  va_end(arguments);
  const auto explorer = scheduler::mine();
  if (explorer && number == SYS_futex) {
    return explored_futex(*explorer, reinterpret_cast<int*>(a[0]), static_cast<int>(a[1]),
                          static_cast<int>(a[2]), reinterpret_cast<const timespec*>(a[3]));
  }
  return real().syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

}  // extern "C"

#endif
