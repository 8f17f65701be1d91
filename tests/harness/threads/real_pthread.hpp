#pragma once

#include <pthread.h>
#include <time.h>

namespace workbook::harness {

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

  long (*syscall)(long, ...);
  int (*sched_yield)();
  int (*nanosleep)(const timespec*, timespec*);
  int (*clock_nanosleep)(clockid_t, int, const timespec*, timespec*);
  int (*clock_gettime)(clockid_t, timespec*);
};

/// Never blocks; aborts with one sentence when a function is missing.
[[nodiscard]] const real_pthread& real();

/// The calling thread's number in the kernel, as in /proc/self/task. Never blocks.
[[nodiscard]] int current_tid();

}  // namespace workbook::harness
