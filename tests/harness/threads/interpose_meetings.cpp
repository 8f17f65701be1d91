// pthread_once, which is std::call_once, sem_t and pthread_barrier_t, as seen by a thread under
// explore(). For other threads: the real functions.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <semaphore.h>

#include <cerrno>

#include "harness/threads/explored_clock.hpp"
#include "harness/threads/real_pthread.hpp"
#include "harness/threads/scheduler.hpp"

using workbook::harness::real;
using workbook::harness::exploration::from_deadline;
using workbook::harness::exploration::no_deadline;
using workbook::harness::exploration::scheduler;

namespace {

int with_errno(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

}  // namespace

extern "C" {

int pthread_once(pthread_once_t* control, void (*function)()) {
  if (scheduler* explorer = scheduler::mine()) return explorer->once(control, function);
  return real().once(control, function);
}

int sem_wait(sem_t* semaphore) {
  if (scheduler* explorer = scheduler::mine()) return explorer->wait(semaphore, no_deadline);
  return real().sem_wait(semaphore);
}

int sem_timedwait(sem_t* semaphore, const timespec* deadline) {
  scheduler* explorer = scheduler::mine();
  if (explorer == nullptr) return real().sem_timedwait(semaphore, deadline);
  return with_errno(explorer->wait(semaphore, from_deadline(*explorer, CLOCK_REALTIME, *deadline)));
}

int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* deadline) {
  scheduler* explorer = scheduler::mine();
  if (explorer == nullptr) return real().sem_clockwait(semaphore, clock, deadline);
  return with_errno(explorer->wait(semaphore, from_deadline(*explorer, clock, *deadline)));
}

int sem_trywait(sem_t* semaphore) noexcept {
  if (scheduler* explorer = scheduler::mine()) return with_errno(explorer->try_wait(semaphore));
  return real().sem_trywait(semaphore);
}

int sem_post(sem_t* semaphore) noexcept {
  if (scheduler* explorer = scheduler::mine()) return with_errno(explorer->post(semaphore));
  return real().sem_post(semaphore);
}

int pthread_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t* attributes,
                         unsigned expected) noexcept {
  const int error = real().barrier_init(barrier, attributes, expected);
  scheduler* explorer = scheduler::mine();
  return error == 0 && explorer != nullptr ? explorer->init(barrier, expected) : error;
}

int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->wait(barrier);
  return real().barrier_wait(barrier);
}

}  // extern "C"

#endif
