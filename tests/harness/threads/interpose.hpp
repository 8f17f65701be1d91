#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

// WORKBOOK_INTERPOSE is 1 where a test program may put its own functions in front of pthread_*,
// `syscall`, the sleeping calls and those of sockets. The build decides (cmake/compiler.cmake).
#if !defined(WORKBOOK_INTERPOSE)
#error "WORKBOOK_INTERPOSE is not defined: link the library harness"
#endif

namespace workbook::harness {

/// Why interposing is off in this build; "" where it is on.
[[nodiscard]] constexpr const char* interposing_unavailable_reason() {
#if WORKBOOK_INTERPOSE
  return "";
#else
  return "this build does not intercept pthread calls (ThreadSanitizer, or a C library other than "
         "glibc)";
#endif
}

/// The functions of the C library (or of the address sanitizer in front of it) that this program's
/// own pthread_* functions hide. Found once with dlsym(RTLD_NEXT), see dlsym(3).
/// Immutable once made, so any thread may use it.
struct real_pthread {
  decltype(&::pthread_create) create;
  decltype(&::pthread_join) join;
  decltype(&::pthread_detach) detach;

  decltype(&::pthread_mutex_lock) mutex_lock;
  decltype(&::pthread_mutex_trylock) mutex_trylock;
  decltype(&::pthread_mutex_timedlock) mutex_timedlock;
  int (*mutex_clocklock)(pthread_mutex_t*, clockid_t, const timespec*);
  decltype(&::pthread_mutex_unlock) mutex_unlock;

  decltype(&::pthread_cond_wait) cond_wait;
  decltype(&::pthread_cond_timedwait) cond_timedwait;
  int (*cond_clockwait)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  decltype(&::pthread_cond_signal) cond_signal;
  decltype(&::pthread_cond_broadcast) cond_broadcast;
  decltype(&::pthread_cond_destroy) cond_destroy;
  decltype(&::pthread_mutex_destroy) mutex_destroy;

  decltype(&::pthread_rwlock_rdlock) rwlock_rdlock;
  decltype(&::pthread_rwlock_wrlock) rwlock_wrlock;
  decltype(&::pthread_rwlock_tryrdlock) rwlock_tryrdlock;
  decltype(&::pthread_rwlock_trywrlock) rwlock_trywrlock;
  decltype(&::pthread_rwlock_timedrdlock) rwlock_timedrdlock;
  decltype(&::pthread_rwlock_timedwrlock) rwlock_timedwrlock;
  int (*rwlock_clockrdlock)(pthread_rwlock_t*, clockid_t, const timespec*);
  int (*rwlock_clockwrlock)(pthread_rwlock_t*, clockid_t, const timespec*);
  decltype(&::pthread_rwlock_unlock) rwlock_unlock;

  decltype(&::pthread_once) once;
  decltype(&::sem_wait) sem_wait;
  decltype(&::sem_timedwait) sem_timedwait;
  int (*sem_clockwait)(sem_t*, clockid_t, const timespec*);
  decltype(&::sem_trywait) sem_trywait;
  decltype(&::sem_post) sem_post;
  decltype(&::pthread_barrier_init) barrier_init;
  decltype(&::pthread_barrier_wait) barrier_wait;

  int (*cxa_thread_atexit)(void (*)(void*), void*, void*);
  decltype(&::pthread_key_create) key_create;
  decltype(&::pthread_setspecific) setspecific;
  void (*exit)(void*);
  decltype(&::pthread_cancel) cancel;

  long (*syscall)(long, ...);
  int (*sched_yield)();
  int (*usleep)(useconds_t);
  unsigned (*sleep)(unsigned);
  int (*nanosleep)(const timespec*, timespec*);
  int (*clock_nanosleep)(clockid_t, int, const timespec*, timespec*);
  int (*clock_gettime)(clockid_t, timespec*);
};

/// Never blocks; aborts with one sentence when a function is missing.
[[nodiscard]] const real_pthread& real();

}  // namespace workbook::harness
