// std::mutex and std::shared_mutex: what they do under a schedule, and the functions that hide
// pthread_mutex_* and pthread_rwlock_* of the C library from them. A thread under explore() gets
// the scheduler's version; every other thread passes the probes and then gets the real function.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <cerrno>
#include <string>

#include "harness/threads/probe_state.hpp"
#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {
namespace {

bool is_recursive(const pthread_mutex_t* mutex) {
  return (mutex->__data.__kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP;
}

// A held mutex bears a mark in its memory, as a real one does. So a new mutex in the place of one
// that was destroyed while somebody held it is told apart: std::mutex has no destructor to see.
void mark_as_held(pthread_mutex_t* mutex, bool held) { mutex->__data.__owner = held ? 1 : 0; }

bool is_marked(const pthread_mutex_t* mutex) { return mutex->__data.__owner != 0; }

}  // namespace

/// The running thread gets the lock.
void scheduler::grant(object_info& it, bool to_read) {
  if (to_read) {
    it.readers |= std::uint64_t{1} << running_;
  } else {
    it.owner = running_;
  }
  acquires(it.address, to_read ? memory::hold::shared : memory::hold::alone);
}

/// Blocks until the calling thread has the lock. @returns false if the deadline came first.
bool scheduler::take(object_info& it, bool to_read, std::int64_t deadline) {
  if (is_free(it.address, to_read)) step(to_read ? operation::lock_shared : operation::lock);
  if (is_free(it.address, to_read)) {
    grant(it, to_read);
    return true;
  }
  record(operation::blocked, it.address, it.owner);
  me().state = to_read ? run_state::wants_to_read : run_state::wants_mutex;
  me().object = it.address;
  me().deadline = deadline;
  me().timed_out = false;
  about_to_ = operation::blocked;
  dispatch();
  if (me().timed_out) record(operation::time_out, it.address);
  return !me().timed_out;
}

/// May also fail on a lock that is free: the standard allows it.
bool scheduler::try_take(object_info& it, bool to_read) {
  step(operation::try_lock);
  touch(it.address);
  if (!is_free(it.address, to_read) || surprise(operation::try_lock)) {
    record(operation::try_lock_failed, it.address, it.owner);
    return false;
  }
  grant(it, to_read);
  record(operation::try_lock, it.address);
  return true;
}

void scheduler::give_back(object_info& it) {
  const std::uint64_t me_as_reader = std::uint64_t{1} << running_;
  if (it.owner == running_) {
    it.owner = nobody;
    releases(it.address);
  } else if ((it.readers & me_as_reader) != 0) {
    it.readers &= ~me_as_reader;
    releases(it.address, memory::hold::shared);
  } else {
    record(operation::unlock, it.address);
    fail(explore_verdict::misuse,
         current_thread_name() + " unlocks a mutex that " +
             (it.owner == nobody ? "it does not hold"
                                 : info(it.owner).name.data() + std::string(" holds")));
  }
  record(operation::unlock, it.address);
}

/// Of a mutex that is destroyed, or has been: its memory says that it is new.
void scheduler::require_unlocked(object_info& it) {
  if (it.owner == nobody && it.readers == 0) return;
  record(operation::destroy, it.address);
  const std::string holder = it.owner != nobody ? info(it.owner).name.data() : "a reader";
  fail(explore_verdict::misuse, "a mutex was destroyed while " + holder + " held it");
}

/// Memory is given back: of the mutexes in it none may be held.
void scheduler::require_no_mutex_in(const void* block, std::size_t size) {
  for (int i = 0; i < shared_.object_count; ++i) {
    object_info& it = shared_.objects[static_cast<std::size_t>(i)];
    const bool in_block = number_of(it.address) - number_of(block) < size;
    const bool is_mutex = it.kind == object_kind::mutex || it.kind == object_kind::shared_mutex;
    if (in_block && is_mutex) require_unlocked(it);
  }
}

int scheduler::lock(pthread_mutex_t* mutex, std::int64_t deadline) {
  object_info& it = object(mutex, object_kind::mutex);
  if (!is_marked(mutex)) require_unlocked(it);
  if (it.owner == running_ && is_recursive(mutex)) {
    ++it.depth;
    return 0;
  }
  if (!take(it, false, deadline)) return ETIMEDOUT;
  touch(mutex);
  mark_as_held(mutex, true);
  record(operation::lock, mutex);
  return 0;
}

int scheduler::try_lock(pthread_mutex_t* mutex) {
  object_info& it = object(mutex, object_kind::mutex);
  if (!is_marked(mutex)) require_unlocked(it);
  if (it.owner == running_ && is_recursive(mutex)) {
    ++it.depth;
    return 0;
  }
  if (!try_take(it, false)) return EBUSY;
  mark_as_held(mutex, true);
  return 0;
}

int scheduler::unlock(pthread_mutex_t* mutex) {
  touch(mutex);
  object_info& it = object(mutex, object_kind::mutex);
  if (it.owner == running_ && it.depth > 0) {
    --it.depth;
    return 0;
  }
  give_back(it);
  mark_as_held(mutex, false);
  step(operation::unlock);
  return 0;
}

int scheduler::destroy(pthread_mutex_t* mutex) {
  require_unlocked(object(mutex, object_kind::mutex));
  return 0;
}

void scheduler::release_for_wait(pthread_mutex_t* mutex) {
  object_info& held = object(mutex, object_kind::mutex);
  if (held.owner != running_) {
    fail(explore_verdict::misuse,
         current_thread_name() + " waits with a mutex that it does not hold");
  }
  held.owner = nobody;
  releases(mutex);
  mark_as_held(mutex, false);
}

void scheduler::own_after_wait(pthread_mutex_t* mutex) { mark_as_held(mutex, true); }

int scheduler::lock(pthread_rwlock_t* lock, bool to_read, std::int64_t deadline) {
  object_info& it = object(lock, object_kind::shared_mutex);
  if (to_read && (it.readers >> running_ & 1U) != 0) {
    cannot_explore("pthread_rwlock_rdlock on a lock that it reads already");
  }
  if (!take(it, to_read, deadline)) return ETIMEDOUT;
  touch(lock);
  record(to_read ? operation::lock_shared : operation::lock, lock);
  return 0;
}

int scheduler::try_lock(pthread_rwlock_t* lock, bool to_read) {
  return try_take(object(lock, object_kind::shared_mutex), to_read) ? 0 : EBUSY;
}

int scheduler::unlock(pthread_rwlock_t* lock) {
  touch(lock);
  give_back(object(lock, object_kind::shared_mutex));
  step(operation::unlock);
  return 0;
}

}  // namespace workbook::harness::exploration

using workbook::harness::real;
using workbook::harness::exploration::scheduler;
using workbook::harness::thread_probes::awaited_mutex;
using workbook::harness::thread_probes::mutexes_held;

namespace {

/// Lets the calling thread wait for a mutex that it could not get at once.
template <class Lock>
int lock_slowly(pthread_mutex_t* mutex, Lock lock) {
  awaited_mutex = mutex;
  const int error = lock();
  awaited_mutex = nullptr;
  return error;
}

template <class Lock>
int lock_counted(pthread_mutex_t* mutex, Lock lock) {
  int error = real().mutex_trylock(mutex);
  if (error == EBUSY) error = lock_slowly(mutex, lock);
  if (error == 0) ++mutexes_held;
  return error;
}

}  // namespace

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->lock(mutex);
  return lock_counted(mutex, [=] { return real().mutex_lock(mutex); });
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->try_lock(mutex);
  const int error = real().mutex_trylock(mutex);
  if (error == 0) ++mutexes_held;
  return error;
}

int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* deadline) noexcept {
  if (const auto explorer = scheduler::mine()) {
    return explorer->lock(mutex, explorer->from_deadline(CLOCK_REALTIME, *deadline));
  }
  return lock_counted(mutex, [=] { return real().mutex_timedlock(mutex, deadline); });
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                            const timespec* deadline) noexcept {
  if (const auto explorer = scheduler::mine()) {
    return explorer->lock(mutex, explorer->from_deadline(clock, *deadline));
  }
  return lock_counted(mutex, [=] { return real().mutex_clocklock(mutex, clock, deadline); });
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->unlock(mutex);
  const int error = real().mutex_unlock(mutex);
  if (error == 0) --mutexes_held;
  return error;
}

int pthread_mutex_destroy(pthread_mutex_t* mutex) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->destroy(mutex);
  return real().mutex_destroy(mutex);
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->lock(lock, true);
  return real().rwlock_rdlock(lock);
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->lock(lock, false);
  return real().rwlock_wrlock(lock);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->try_lock(lock, true);
  return real().rwlock_tryrdlock(lock);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->try_lock(lock, false);
  return real().rwlock_trywrlock(lock);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* deadline) noexcept {
  if (const auto explorer = scheduler::mine()) {
    return explorer->lock(lock, true, explorer->from_deadline(CLOCK_REALTIME, *deadline));
  }
  return real().rwlock_timedrdlock(lock, deadline);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* deadline) noexcept {
  if (const auto explorer = scheduler::mine()) {
    return explorer->lock(lock, false, explorer->from_deadline(CLOCK_REALTIME, *deadline));
  }
  return real().rwlock_timedwrlock(lock, deadline);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* deadline) noexcept {
  if (const auto explorer = scheduler::mine()) {
    return explorer->lock(lock, true, explorer->from_deadline(clock, *deadline));
  }
  return real().rwlock_clockrdlock(lock, clock, deadline);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* deadline) noexcept {
  if (const auto explorer = scheduler::mine()) {
    return explorer->lock(lock, false, explorer->from_deadline(clock, *deadline));
  }
  return real().rwlock_clockwrlock(lock, clock, deadline);
}

int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->unlock(lock);
  return real().rwlock_unlock(lock);
}

}  // extern "C"

#endif
