// What mutexes do under a schedule.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <cerrno>
#include <string>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {
namespace {

bool is_recursive(const pthread_mutex_t* mutex) {
  return (mutex->__data.__kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP;
}

}  // namespace

int scheduler::lock(pthread_mutex_t* mutex, std::int64_t deadline) {
  object_info& it = object(mutex, object_kind::mutex);
  if (it.owner == running_ && is_recursive(mutex)) {
    ++it.depth;
    return 0;
  }
  if (it.owner == nobody) step(operation::lock);
  if (it.owner != nobody) {
    record(operation::blocked, mutex, it.owner);
    me().state = thread_state::wants_mutex;
    me().object = mutex;
    me().deadline = deadline;
    me().timed_out = false;
    about_to_ = operation::blocked;
    dispatch();
    if (it.owner != running_) {
      record(operation::time_out, mutex);
      return ETIMEDOUT;
    }
  }
  touch(mutex);
  it.owner = running_;
  record(operation::lock, mutex);
  return 0;
}

int scheduler::try_lock(pthread_mutex_t* mutex) {
  object_info& it = object(mutex, object_kind::mutex);
  if (it.owner == running_ && is_recursive(mutex)) {
    ++it.depth;
    return 0;
  }
  step(operation::try_lock);
  touch(mutex);
  if (it.owner != nobody || surprise(operation::try_lock)) {
    record(operation::try_lock_failed, mutex, it.owner);
    return EBUSY;
  }
  it.owner = running_;
  record(operation::try_lock, mutex);
  return 0;
}

int scheduler::unlock(pthread_mutex_t* mutex) {
  touch(mutex);
  object_info& it = object(mutex, object_kind::mutex);
  if (it.owner != running_) {
    fail(explore_verdict::check_failed,
         std::string(me().name.data()) + " unlocks a mutex that it does not hold");
  }
  if (it.depth > 0) {
    --it.depth;
    return 0;
  }
  it.owner = nobody;
  record(operation::unlock, mutex);
  step(operation::unlock);
  return 0;
}

}  // namespace workbook::harness::exploration

#endif
