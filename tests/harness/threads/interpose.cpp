#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

// Clang links the address sanitizer into the program itself, where RTLD_NEXT does not look. Its
// version of pthread_create has this second name; elsewhere the weak symbol is null.
// NOLINTBEGIN(readability-identifier-naming): the names are the runtime's
extern "C" __attribute__((weak)) int __interceptor_pthread_create(pthread_t*, const pthread_attr_t*,
                                                                  void* (*)(void*), void*) noexcept;
extern "C" __attribute__((weak)) int __interceptor_pthread_join(pthread_t, void**);
// NOLINTEND(readability-identifier-naming)

namespace workbook::harness {
namespace {

template <class Function>
void find(Function& function, const char* name, const char* version = nullptr) {
  // glibc keeps an ancient pthread_cond_* beside the present one; plain dlsym may answer with it.
  void* found = version != nullptr ? dlvsym(RTLD_NEXT, name, version) : nullptr;
  if (found == nullptr) found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) {
    std::fprintf(stderr, "the C library has no %s, so threads cannot be probed\n", name);
    std::abort();
  }
  function = reinterpret_cast<Function>(found);
}

real_pthread find_all() {
  constexpr const char* present_conditions = "GLIBC_2.3.2";
  real_pthread r{};
  find(r.create, "pthread_create");
  if (__interceptor_pthread_create != nullptr) r.create = __interceptor_pthread_create;
  find(r.join, "pthread_join");
  if (__interceptor_pthread_join != nullptr) r.join = __interceptor_pthread_join;
  find(r.detach, "pthread_detach");
  find(r.mutex_lock, "pthread_mutex_lock");
  find(r.mutex_trylock, "pthread_mutex_trylock");
  find(r.mutex_timedlock, "pthread_mutex_timedlock");
  find(r.mutex_clocklock, "pthread_mutex_clocklock");
  find(r.mutex_unlock, "pthread_mutex_unlock");
  find(r.cond_wait, "pthread_cond_wait", present_conditions);
  find(r.cond_timedwait, "pthread_cond_timedwait", present_conditions);
  find(r.cond_clockwait, "pthread_cond_clockwait");
  find(r.cond_signal, "pthread_cond_signal", present_conditions);
  find(r.cond_broadcast, "pthread_cond_broadcast", present_conditions);
  find(r.cond_destroy, "pthread_cond_destroy", present_conditions);
  find(r.mutex_destroy, "pthread_mutex_destroy");
  find(r.rwlock_rdlock, "pthread_rwlock_rdlock");
  find(r.rwlock_wrlock, "pthread_rwlock_wrlock");
  find(r.rwlock_tryrdlock, "pthread_rwlock_tryrdlock");
  find(r.rwlock_trywrlock, "pthread_rwlock_trywrlock");
  find(r.rwlock_timedrdlock, "pthread_rwlock_timedrdlock");
  find(r.rwlock_timedwrlock, "pthread_rwlock_timedwrlock");
  find(r.rwlock_clockrdlock, "pthread_rwlock_clockrdlock");
  find(r.rwlock_clockwrlock, "pthread_rwlock_clockwrlock");
  find(r.rwlock_unlock, "pthread_rwlock_unlock");
  find(r.once, "pthread_once");
  find(r.sem_wait, "sem_wait");
  find(r.sem_timedwait, "sem_timedwait");
  find(r.sem_clockwait, "sem_clockwait");
  find(r.sem_trywait, "sem_trywait");
  find(r.sem_post, "sem_post");
  find(r.barrier_init, "pthread_barrier_init");
  find(r.barrier_wait, "pthread_barrier_wait");
  find(r.cxa_thread_atexit, "__cxa_thread_atexit_impl");
  find(r.key_create, "pthread_key_create");
  find(r.setspecific, "pthread_setspecific");
  find(r.exit, "pthread_exit");
  find(r.cancel, "pthread_cancel");
  find(r.syscall, "syscall");
  find(r.usleep, "usleep");
  find(r.sleep, "sleep");
  find(r.sched_yield, "sched_yield");
  find(r.nanosleep, "nanosleep");
  find(r.clock_nanosleep, "clock_nanosleep");
  find(r.clock_gettime, "clock_gettime");
  return r;
}

}  // namespace

const real_pthread& real() {
  static const real_pthread functions = find_all();
  return functions;
}

}  // namespace workbook::harness

#endif
