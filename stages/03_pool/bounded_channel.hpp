#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "support/send_result.hpp"

namespace workbook {

/// A queue of at most `capacity` items between threads: the counterpart of Rust's
/// `mpsc::sync_channel`, with any number of receivers. First in, first out; items are moved, never
/// copied.
///
/// Thread-safe: any thread may call any function at any time. Once an item has been received, the
/// channel may be destroyed, even if its sender has not returned from send() yet; no other thread
/// may be inside.
template <class T>
class bounded_channel {
 public:
  /// `capacity` in items. @throws std::invalid_argument if it is 0: nothing could ever be sent.
  explicit bounded_channel(std::size_t capacity) : capacity_(capacity) {
    if (capacity == 0) throw std::invalid_argument("a channel needs room for at least one item");
  }

  /// Adds `item`; blocks while there is no room. Moves from it only when the result is `accepted`.
  /// @returns accepted, or closed: that also goes for senders that were blocked when it was closed.
  // TODO 3.1 (about 15 lines): for BoundedChannel.TrySend*, Send*, Moves*: green with 3.2
  //   What has to be true before an item may be put in? Who else can change that meanwhile?
  //   A thread that was woken: what may have happened between the notification and its turn?
  //   Which threads need to know that there is an item now, and how many of them?
  [[nodiscard]] send_result send(T&& item) { todo("3.1", item, capacity_, closed_); }

  /// Adds `item` if there is room now; never blocks for room. Moves from it only when the result is
  /// `accepted`. @returns accepted, full or closed.
  [[nodiscard]] send_result try_send(T&& item) { todo("3.1", item); }

  /// Takes the oldest item; blocks while there is none and the channel is open.
  /// @returns nothing once the channel is closed *and* empty: no item will ever come.
  [[nodiscard]] std::optional<T> receive() {
    // TODO 3.2 (about 12 lines): turns BoundedChannel.Receive* green, and those of 3.1
    //   Wait until there is something to decide; then decide.
    //   After waking, which do you look at first: closed_, or whether there are items? Why?
    //   Who may be waiting for the place that has become free?
    todo("3.2");
  }

  /// Says that nothing will be sent any more. What is in the channel can still be received. May be
  /// called more than once.
  // TODO 3.3 (about 9 lines): turns BoundedChannel.Close* green
  //   A receiver has just seen that the channel is empty and open, and is about to sleep. What
  //   keeps close() from happening in that moment? Who sleeps, and how many of them have to be
  //   woken?
  void close() { todo("3.3"); }

 private:
  const std::size_t capacity_;

  std::mutex mutex_;                   // guards everything below
  std::condition_variable not_empty_;  // items_ has gained an item, or closed_ is set
  std::condition_variable not_full_;   // items_ has lost an item, or closed_ is set
  std::deque<T> items_;                // oldest first; never more than capacity_
  bool closed_ = false;                // never goes back to false
};

}  // namespace workbook
