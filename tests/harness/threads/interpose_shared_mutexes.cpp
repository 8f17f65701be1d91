// The shared mutexes of this test program, std::shared_mutex and pthread_rwlock_t, as seen by a
// thread under explore(). For other threads: the real functions.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include "harness/threads/explored_clock.hpp"
#include "harness/threads/real_pthread.hpp"
#include "harness/threads/scheduler.hpp"

using workbook::harness::real;
using workbook::harness::exploration::from_deadline;
using workbook::harness::exploration::scheduler;

extern "C" {

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->lock(lock, true);
  return real().rwlock_rdlock(lock);
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->lock(lock, false);
  return real().rwlock_wrlock(lock);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->try_lock(lock, true);
  return real().rwlock_tryrdlock(lock);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->try_lock(lock, false);
  return real().rwlock_trywrlock(lock);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* deadline) noexcept {
  if (scheduler* explorer = scheduler::mine()) {
    return explorer->lock(lock, true, from_deadline(*explorer, CLOCK_REALTIME, *deadline));
  }
  return real().rwlock_timedrdlock(lock, deadline);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* deadline) noexcept {
  if (scheduler* explorer = scheduler::mine()) {
    return explorer->lock(lock, false, from_deadline(*explorer, CLOCK_REALTIME, *deadline));
  }
  return real().rwlock_timedwrlock(lock, deadline);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* deadline) noexcept {
  if (scheduler* explorer = scheduler::mine()) {
    return explorer->lock(lock, true, from_deadline(*explorer, clock, *deadline));
  }
  return real().rwlock_clockrdlock(lock, clock, deadline);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* deadline) noexcept {
  if (scheduler* explorer = scheduler::mine()) {
    return explorer->lock(lock, false, from_deadline(*explorer, clock, *deadline));
  }
  return real().rwlock_clockwrlock(lock, clock, deadline);
}

int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->unlock(lock);
  return real().rwlock_unlock(lock);
}

}  // extern "C"

#endif
