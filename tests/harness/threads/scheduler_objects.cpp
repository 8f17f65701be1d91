// What condition variables and futexes do under a schedule.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

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
  it.state = for_no_reason ? thread_state::wants_mutex : thread_state::waits_condition;
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
    const bool waits = other.state == thread_state::waits_condition && other.object == condition;
    if (!waits || other.mutex == mutex) continue;
    fail(explore_verdict::misuse, current_thread_name() +
                                      " waits on a condition variable with another mutex than " +
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
  wake_waiters(object(condition, object_kind::condition), thread_state::waits_condition,
               all ? INT_MAX : 1, what);
  return 0;
}

int scheduler::destroy(pthread_cond_t* condition) {
  for (int i = 0; i < shared_.thread_count; ++i) {
    if (info(i).state == thread_state::waits_condition && info(i).object == condition) {
      record(operation::destroy, condition);
      fail(explore_verdict::use_after_destroy, std::string(me().name.data()) +
                                                   " destroys a condition variable while " +
                                                   info(i).name.data() + " waits on it");
    }
  }
  std::memset(static_cast<void*>(condition), destroyed_mark, sizeof *condition);
  return 0;
}

int scheduler::atomic_wait(const int* word, int expected, std::int64_t deadline) {
  step(operation::atomic_wait);
  if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected) return EAGAIN;
  return sleep_on(word, object_kind::atomic, deadline) ? 0 : ETIMEDOUT;
}

int scheduler::atomic_notify(const int* word, int at_most) {
  step(operation::atomic_notify);
  return wake_waiters(object(word, object_kind::atomic), thread_state::waits_atomic, at_most,
                      operation::atomic_notify);
}

int scheduler::wake_waiters(object_info& object, thread_state waiting, int at_most,
                            operation what) {
  std::array<int, max_threads> waiters{};
  int count = 0;
  for (int i = 0; i < shared_.thread_count; ++i) {
    const bool waits_here = info(i).state == waiting && info(i).object == object.address;
    if (waits_here) waiters[static_cast<std::size_t>(count++)] = i;
  }
  const int woken = std::min(at_most, count);
  ++object.notifications;
  object.woken += woken;
  object.unheard += count == 0 ? 1 : 0;
  record(what, object.address, woken, count);
  for (int left = count; left > count - woken; --left) {
    // Where all of them wake there is nothing to choose.
    const int pick = woken == count ? left - 1 : choose(left, what);
    auto lucky = waiters.begin() + pick;
    wake(info(*lucky));
    std::move(lucky + 1, waiters.begin() + left, lucky);
  }
  return woken;
}

void scheduler::wake(thread_info& waiter) {
  const bool takes_mutex = waiter.state == thread_state::waits_condition;
  waiter.state = takes_mutex ? thread_state::wants_mutex : thread_state::ready;
  waiter.object = waiter.mutex;
  waiter.deadline = no_deadline;
}

void scheduler::point(const char* label) {
  step(operation::point);
  record(operation::point, label);
}

}  // namespace workbook::harness::exploration

#endif
