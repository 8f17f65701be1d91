#pragma once

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <vector>

namespace workbook {

/// How a wait has ended.
enum class wait_result {
  ready,      ///< what was waited for may have come: try
  timed_out,  ///< its time was over first
  stopped,    ///< a stop was requested first
};

/// A coroutine that waits: until a time, and for a descriptor if there is a `slot`.
struct waiter {
  std::chrono::steady_clock::time_point deadline{};
  const bool* flag = nullptr;  ///< what its io_source says: while true there is nothing to wait for
  waiter** slot = nullptr;     ///< where its io_source finds it; null for a sleeper, like `flag`
  bool ends_at_stop = false;   ///< whether a stop ends the wait
  wait_result result = wait_result::ready;
  std::coroutine_handle<> coroutine = {};
  std::size_t place = nowhere;  ///< in the waiter_heap

  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
};

/// A descriptor that an event loop watches, and what is known about it.
struct io_source {
  int fd = -1;
  bool readable = true;  ///< bytes, a client or the end may be there: false once a read said "none"
  bool writable = true;  ///< there may be room: false once a write said "none"
  bool ended = false;    ///< the peer has finished sending or is gone: reading never blocks again
  waiter* reader = nullptr;  ///< who waits until it is readable
  waiter* writer = nullptr;  ///< who waits until it is writable
};

/// All who wait, the earliest deadline first. It does not own them: they live in their coroutines'
/// frames. A waiter is in at most one heap, at most once.
/// Takes O(log n) for add and remove, and memory only when more wait than ever before.
///
/// Not thread-safe.
class waiter_heap {
 public:
  void add(waiter& who);
  /// Does nothing if it is not in the heap.
  void remove(waiter& who) noexcept;

  /// @returns the one with the earliest deadline; null if nobody waits.
  [[nodiscard]] waiter* first() const { return heap_.empty() ? nullptr : heap_.front(); }

  /// @returns all of them, in no particular order.
  [[nodiscard]] const std::vector<waiter*>& all() const { return heap_; }

 private:
  void put(waiter& who, std::size_t place);
  void move_up(std::size_t place);
  void move_down(std::size_t place);

  std::vector<waiter*> heap_;  // a binary heap: no parent is later than its children
};

}  // namespace workbook
