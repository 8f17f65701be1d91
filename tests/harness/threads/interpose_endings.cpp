// What a thread leaves to do for its end, and how it ends. These functions hide those of the C
// library; a thread under explore() keeps a list of its own, see thread_ending.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include "harness/threads/real_pthread.hpp"
#include "harness/threads/scheduler.hpp"
#include "harness/threads/thread_ending.hpp"

using workbook::harness::real;
using workbook::harness::exploration::remember_key;
using workbook::harness::exploration::scheduler;

// NOLINTBEGIN(readability-identifier-naming): the names are the C library's
extern "C" {

// Where the destructor of a thread_local is registered.
// Source: gnu.org/software/libc, "Destructor support for thread_local variables".
int __cxa_thread_atexit_impl(void (*function)(void*), void* object, void* library) noexcept {
  if (scheduler* explorer = scheduler::mine()) {
    explorer->ending().add_destructor(function, object);
    return 0;
  }
  return real().cxa_thread_atexit(function, object, library);
}

int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) noexcept {
  const int error = real().key_create(key, destructor);
  if (error == 0) remember_key(*key, destructor);
  return error;
}

int pthread_setspecific(pthread_key_t key, const void* value) noexcept {
  if (scheduler* explorer = scheduler::mine(); explorer != nullptr && value != nullptr) {
    explorer->ending().add_key(key);
  }
  return real().setspecific(key, value);
}

void pthread_exit(void* result) {
  if (scheduler* explorer = scheduler::mine()) explorer->cannot_explore("pthread_exit");
  real().exit(result);
  __builtin_unreachable();
}

int pthread_cancel(pthread_t thread) {
  if (scheduler* explorer = scheduler::mine()) explorer->cannot_explore("pthread_cancel");
  return real().cancel(thread);
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)

#endif
