// What pthread_once, sem_t and pthread_barrier_t do under a schedule: threads that meet, or that
// wait for each other's work.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <cerrno>
#include <climits>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {
namespace {

constexpr pthread_once_t has_run = 2;  // as the C library marks it: a later call may be a real one

}  // namespace

/// A lock that is held while the function runs, and of no interest when it has.
int scheduler::once(pthread_once_t* control, void (*function)()) {
  if (*control == has_run) return 0;
  object_info& it = object(control, object_kind::once);
  if (!take(it, false, no_deadline)) return 0;
  const auto leave = [&] {
    it.owner = nobody;
    step(operation::once);
  };
  if (*control != has_run) {
    record(operation::once, control);
    try {
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

/// Blocks until somebody wakes a thread that sleeps on this object. @returns false if the deadline
/// came first.
bool scheduler::sleep_on(const void* address, object_kind kind, std::int64_t deadline) {
  object(address, kind);
  record(operation::atomic_wait, address);
  thread_info& it = me();
  it.state = thread_state::waits_atomic;
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
    if (!sleep_on(semaphore, object_kind::semaphore, deadline)) return ETIMEDOUT;
  }
  object(semaphore, object_kind::semaphore);
  record(operation::acquire, semaphore);
  return 0;
}

int scheduler::try_wait(sem_t* semaphore) {
  step(operation::acquire);
  if (real().sem_trywait(semaphore) != 0) return EAGAIN;
  object(semaphore, object_kind::semaphore);
  record(operation::acquire, semaphore);
  return 0;
}

int scheduler::post(sem_t* semaphore) {
  step(operation::atomic_notify);
  if (real().sem_post(semaphore) != 0) return EOVERFLOW;
  wake_waiters(object(semaphore, object_kind::semaphore), thread_state::waits_atomic, 1,
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
  if (++it.arrived < it.expected) {
    (void)sleep_on(barrier, object_kind::barrier, no_deadline);
    return 0;
  }
  it.arrived = 0;
  wake_waiters(it, thread_state::waits_atomic, INT_MAX, operation::atomic_notify);
  return PTHREAD_BARRIER_SERIAL_THREAD;
}

}  // namespace workbook::harness::exploration

#endif
