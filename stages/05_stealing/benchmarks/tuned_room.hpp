#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

namespace workbook::bench {

/// The waiting room that calls nobody twice: whoever wakes a sleeper takes it off the count at once.
/// In workbook::waiting_room the sleeper does that itself, when it comes to run; until then each call
/// takes the mutex, and the one that was woken has to wait for it. The same contract.
///
/// The price: it relies on every notification being delivered. Where one is lost, nobody knows any
/// more that this thread sleeps, while workbook::waiting_room recovers with the next call. (glibc had
/// such a fault: sourceware.org, bug 25847.)
class tuned_room {
 public:
  void wait(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    while (true) {
      ++asleep_;  // before the look: whoever changes something after it sees that we are here
      if (condition()) break;
      changed_.wait(lock);  // if nobody has called, the count is one too high: that costs a call
    }
    --asleep_;
  }

  void wake_one() {
    if (asleep_ == 0) return;
    const std::scoped_lock lock(mutex_);
    if (asleep_ == 0) return;
    --asleep_;
    changed_.notify_one();
  }

  void wake_all() {
    if (asleep_ == 0) return;
    const std::scoped_lock lock(mutex_);
    asleep_ = 0;
    changed_.notify_all();
  }

 private:
  // Who sleeps, or is about to, and has not been called; it changes under the mutex only. Invariant,
  // each time that the mutex is free: of those who sleep and have not been called, all are counted.
  std::atomic<std::size_t> asleep_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;  // something may have become true
};

}  // namespace workbook::bench
