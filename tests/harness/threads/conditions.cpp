// std::condition_variable: what it does under a schedule, and the functions that hide
// pthread_cond_* of the C library from it. A thread under explore() gets the scheduler's version;
// every other thread passes the probes and then gets the real function.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <cerrno>
#include <climits>
#include <cstring>

#include "harness/threads/probe_state.hpp"
#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {
namespace {

// A destroyed condition variable's bytes mean nothing any more, so we may leave a mark in them. A
// new one in the same place begins with zeros and so wipes it off.
constexpr unsigned char destroyed_mark = 0xD7;

// The address sanitizer would stop at the first byte; this way the failure gets its own name.
__attribute__((no_sanitize("address"))) bool is_destroyed(const pthread_cond_t* condition) {
  const auto* bytes = reinterpret_cast<const volatile unsigned char*>(condition);
  for (std::size_t i = 0; i < sizeof *condition; ++i) {
    if (bytes[i] != destroyed_mark) return false;
  }
  return true;
}

}  // namespace

int scheduler::wait(pthread_cond_t* condition, pthread_mutex_t* mutex, std::int64_t deadline) {
  step(operation::wait);
  touch(condition);
  object(condition, object_kind::condition);
  record(operation::wait, condition);
  require_same_mutex(condition, mutex);
  release_for_wait(mutex);
  thread_info& it = me();
  it.mutex = mutex;
  it.deadline = deadline;
  it.timed_out = false;
  it.gave_way = ++ways_given_;
  const bool for_no_reason = surprise(operation::wait);
  it.state = for_no_reason ? run_state::wants_mutex : run_state::waits_condition;
  it.object = for_no_reason ? static_cast<const void*>(mutex) : condition;
  if (for_no_reason) it.deadline = no_deadline;
  about_to_ = operation::wait;
  dispatch();
  own_after_wait(mutex);
  record(it.timed_out    ? operation::time_out
         : for_no_reason ? operation::wake_spuriously
                         : operation::wake,
         condition);
  return it.timed_out ? ETIMEDOUT : 0;
}

/// All who wait on a condition variable at one time wait with one mutex.
/// Source: [thread.condition.condvar].
void scheduler::require_same_mutex(const pthread_cond_t* condition, const pthread_mutex_t* mutex) {
  for (int i = 0; i < shared_.thread_count; ++i) {
    const thread_info& other = info(i);
    const bool waits = other.state == run_state::waits_condition && other.object == condition;
    if (!waits || other.mutex == mutex) continue;
    fail(explore_verdict::misuse,
         current_thread_name() + " waits on a condition variable with a different mutex than " +
             other.name.data());
  }
}

int scheduler::notify(pthread_cond_t* condition, bool all) {
  const operation what = all ? operation::notify_all : operation::notify_one;
  step(what);
  if (is_destroyed(condition)) {
    record(what, condition);
    fail(
        explore_verdict::use_after_destroy,
        std::string(me().name.data()) + " notifies a condition variable that is already destroyed");
  }
  touch(condition);
  wake_waiters(object(condition, object_kind::condition), run_state::waits_condition,
               all ? INT_MAX : 1, what);
  return 0;
}

int scheduler::destroy(pthread_cond_t* condition) {
  for (int i = 0; i < shared_.thread_count; ++i) {
    if (info(i).state == run_state::waits_condition && info(i).object == condition) {
      record(operation::destroy, condition);
      fail(explore_verdict::use_after_destroy, std::string(me().name.data()) +
                                                   " destroys a condition variable while " +
                                                   info(i).name.data() + " waits on it");
    }
  }
  std::memset(static_cast<void*>(condition), destroyed_mark, sizeof *condition);
  return 0;
}

}  // namespace workbook::harness::exploration

using workbook::harness::real;
using workbook::harness::exploration::no_deadline;
using workbook::harness::exploration::scheduler;
using namespace workbook::harness::thread_probes;

namespace {

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

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  if (const auto explorer = scheduler::mine()) return explorer->wait(condition, mutex, no_deadline);
  return wait_probed(condition, mutex, [=] { return real().cond_wait(condition, mutex); });
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* deadline) {
  if (const auto explorer = scheduler::mine()) {
    return explorer->wait(condition, mutex, explorer->from_deadline(CLOCK_REALTIME, *deadline));
  }
  return wait_probed(condition, mutex,
                     [=] { return real().cond_timedwait(condition, mutex, deadline); });
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* deadline) {
  if (const auto explorer = scheduler::mine()) {
    return explorer->wait(condition, mutex, explorer->from_deadline(clock, *deadline));
  }
  return wait_probed(condition, mutex,
                     [=] { return real().cond_clockwait(condition, mutex, clock, deadline); });
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->notify(condition, false);
  ++state.notify_one;
  forget_sleepers(condition, 1);
  return real().cond_signal(condition);
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->notify(condition, true);
  ++state.notify_all;
  forget_sleepers(condition, static_cast<int>(state.sleepers.size()));
  return real().cond_broadcast(condition);
}

int pthread_cond_destroy(pthread_cond_t* condition) noexcept {
  if (const auto explorer = scheduler::mine()) return explorer->destroy(condition);
  if (!has_sleeper(condition)) return real().cond_destroy(condition);
  ++state.destroyed_under_waiter;
  return real().cond_destroy(condition);  // glibc waits here until the sleeper has left
}

}  // extern "C"

#endif
