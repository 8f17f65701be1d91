#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

namespace workbook {

/// Where threads sleep until something is true that other threads bring about. Whoever has changed
/// what a sleeper waits for calls wake_one() or wake_all() afterwards; while nobody sleeps that
/// costs one look at an atomic.
///
/// Thread-safe. The room must not be destroyed while a thread is in one of its functions.
class waiting_room {
 public:
  /// Blocks until `condition()` holds; sleeps while it does not. `condition` is called with the
  /// room's mutex held: it must not call the room, nor wait for a thread that does.
  // TODO 5.3 (about 11 lines): turns WaitingRoom.* and WaitingRoomSchedules.* green
  //   A thread finds nothing, and is about to sleep. What if the change comes exactly now?
  //   Whoever wakes looks at asleep_ first. What must have happened before, in wait()?
  void wait(const std::function<bool()>& condition) { todo("5.3", condition); }

  /// Wakes one sleeper, if there is any, to look at its condition again.
  void wake_one() { todo("5.3"); }

  /// Wakes all sleepers, to look at their conditions again.
  void wake_all() {
    if (asleep_ == 0) return;
    const std::scoped_lock lock(mutex_);
    changed_.notify_all();
  }

 private:
  std::atomic<std::size_t> asleep_ = 0;  // or about to be; it changes under the mutex only
  std::mutex mutex_;
  std::condition_variable changed_;  // something may have become true
};

}  // namespace workbook
