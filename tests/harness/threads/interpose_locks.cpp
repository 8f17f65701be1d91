// The mutexes and condition variables of this test program. These functions hide those of the C
// library from std::mutex and std::condition_variable: a thread under explore() gets the
// scheduler's version, every other thread passes the probes and then gets the real function.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <cerrno>

#include "harness/threads/explored_clock.hpp"
#include "harness/threads/lock_table.hpp"
#include "harness/threads/probe_state.hpp"
#include "harness/threads/real_pthread.hpp"
#include "harness/threads/scheduler.hpp"

using workbook::harness::lock_wait_entry;
using workbook::harness::lock_wait_kind;
using workbook::harness::real;
using workbook::harness::exploration::from_deadline;
using workbook::harness::exploration::no_deadline;
using workbook::harness::exploration::scheduler;
using namespace workbook::harness::thread_probes;

namespace {

/// Lets the calling thread wait for a mutex that it could not get at once.
template <class Lock>
int lock_slowly(pthread_mutex_t* mutex, Lock lock) {
  const lock_wait_entry entry(lock_wait_kind::mutex, mutex, mutex->__data.__owner);
  return lock();
}

template <class Lock>
int lock_counted(pthread_mutex_t* mutex, Lock lock) {
  int error = real().mutex_trylock(mutex);
  if (error == EBUSY) error = lock_slowly(mutex, lock);
  if (error == 0) ++mutexes_held;
  return error;
}

/// Enters the calling thread among the sleepers of a condition variable while it lives.
class sleeper_entry {
 public:
  explicit sleeper_entry(const void* condition) : condition_(condition) {
    for (auto& entry : state.sleepers) {
      const void* free_entry = nullptr;
      if (entry.compare_exchange_strong(free_entry, condition)) {
        mine_ = &entry;
        return;
      }
    }
  }
  ~sleeper_entry() {
    const void* expected = condition_;
    if (mine_ != nullptr) mine_->compare_exchange_strong(expected, nullptr);
  }
  sleeper_entry(const sleeper_entry&) = delete;
  sleeper_entry& operator=(const sleeper_entry&) = delete;

 private:
  const void* condition_;
  std::atomic<const void*>* mine_ = nullptr;
};

void forget_sleepers(const void* condition, int at_most) {
  for (auto& entry : state.sleepers) {
    const void* expected = condition;
    if (at_most > 0 && entry.compare_exchange_strong(expected, nullptr)) --at_most;
  }
}

bool has_sleeper(const void* condition) {
  for (const auto& entry : state.sleepers) {
    if (entry.load() == condition) return true;
  }
  return false;
}

template <class Wait>
int wait_probed(pthread_cond_t* condition, pthread_mutex_t* mutex, Wait wait) {
  ++state.waits;
  run_hook(state.sleep_hook);
  if (state.spurious_armed.exchange(false)) {
    state.spurious_happened = true;
    real().mutex_unlock(mutex);
    real().sched_yield();
    return real().mutex_lock(mutex);
  }
  const lock_wait_entry wait_entry(lock_wait_kind::condition, condition, 0);
  const sleeper_entry sleeper(condition);
  ++state.waiting;
  --mutexes_held;
  const int error = wait();
  ++mutexes_held;
  --state.waiting;
  return error;
}

}  // namespace

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->lock(mutex);
  return lock_counted(mutex, [=] { return real().mutex_lock(mutex); });
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->try_lock(mutex);
  const int error = real().mutex_trylock(mutex);
  if (error == 0) ++mutexes_held;
  return error;
}

int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* deadline) noexcept {
  if (scheduler* explorer = scheduler::mine()) {
    return explorer->lock(mutex, from_deadline(*explorer, CLOCK_REALTIME, *deadline));
  }
  return lock_counted(mutex, [=] { return real().mutex_timedlock(mutex, deadline); });
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                            const timespec* deadline) noexcept {
  if (scheduler* explorer = scheduler::mine()) {
    return explorer->lock(mutex, from_deadline(*explorer, clock, *deadline));
  }
  return lock_counted(mutex, [=] { return real().mutex_clocklock(mutex, clock, deadline); });
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->unlock(mutex);
  const int error = real().mutex_unlock(mutex);
  if (error == 0) --mutexes_held;
  return error;
}

int pthread_mutex_destroy(pthread_mutex_t* mutex) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->destroy(mutex);
  return real().mutex_destroy(mutex);
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  if (scheduler* explorer = scheduler::mine()) return explorer->wait(condition, mutex, no_deadline);
  return wait_probed(condition, mutex, [=] { return real().cond_wait(condition, mutex); });
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* deadline) {
  if (scheduler* explorer = scheduler::mine()) {
    return explorer->wait(condition, mutex, from_deadline(*explorer, CLOCK_REALTIME, *deadline));
  }
  return wait_probed(condition, mutex,
                     [=] { return real().cond_timedwait(condition, mutex, deadline); });
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* deadline) {
  if (scheduler* explorer = scheduler::mine()) {
    return explorer->wait(condition, mutex, from_deadline(*explorer, clock, *deadline));
  }
  return wait_probed(condition, mutex,
                     [=] { return real().cond_clockwait(condition, mutex, clock, deadline); });
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->notify(condition, false);
  ++state.notify_one;
  forget_sleepers(condition, 1);
  return real().cond_signal(condition);
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->notify(condition, true);
  ++state.notify_all;
  forget_sleepers(condition, static_cast<int>(state.sleepers.size()));
  return real().cond_broadcast(condition);
}

int pthread_cond_destroy(pthread_cond_t* condition) noexcept {
  if (scheduler* explorer = scheduler::mine()) return explorer->destroy(condition);
  if (!has_sleeper(condition)) return real().cond_destroy(condition);
  ++state.destroyed_under_waiter;
  const lock_wait_entry entry(lock_wait_kind::destroy_condition, condition, 0);
  return real().cond_destroy(condition);  // glibc waits here until the sleeper has left
}

}  // extern "C"

#endif
