#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <array>
#include <atomic>
#include <functional>

/// What the probes (thread_probes.hpp) and the pthread functions in front (interpose.hpp)
/// tell each other. Everything is zero at the start and lives as long as the program, because
/// pthread functions are called before main and after it.
namespace workbook::harness::thread_probes {

struct probe_state {
  std::atomic<long> created, refused, joined, detached;
  std::atomic<long> waits, notify_one, notify_all, sleeps, destroyed_under_waiter;
  std::atomic<int> waiting;

  std::atomic<int> creations_until_failure;  // 0: none fails
  std::atomic<bool> creation_failed;
  std::atomic<bool> gate_closed;
  std::atomic<int> held_at_gate;
  std::atomic<const std::function<void()>*> creation_hook;
  std::atomic<const std::function<void()>*> sleep_hook;
  std::atomic<bool> spurious_armed, spurious_happened;

  // The condition variables that threads sleep on: an entry per sleeper that nobody has notified.
  std::array<std::atomic<const void*>, 256> sleepers;
};

inline constinit probe_state state{};
inline thread_local int mutexes_held = 0;
inline thread_local const pthread_mutex_t* awaited_mutex = nullptr;  // one that was not free
inline thread_local bool inside_hook = false;

/// @returns who holds the mutex for which the calling thread waits, by the thread's number in the
/// kernel; 0 if it waits for none, or if that cannot be known here. May be called in a signal
/// handler.
[[nodiscard]] inline pid_t holder_of_awaited_mutex() {
#if WORKBOOK_INTERPOSE
  return awaited_mutex != nullptr ? awaited_mutex->__data.__owner : 0;  // as glibc has it
#else
  return 0;
#endif
}

/// Runs the hook, if there is one, unless this thread is in a hook already.
inline void run_hook(const std::atomic<const std::function<void()>*>& hook) {
  const std::function<void()>* function = hook;
  if (function == nullptr || inside_hook) return;
  inside_hook = true;
  (*function)();
  inside_hook = false;
}

}  // namespace workbook::harness::thread_probes
