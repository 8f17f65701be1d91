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
  [[nodiscard]] send_result send(T&& item) {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
    if (closed_) return send_result::closed;
    items_.push_back(std::move(item));
    not_empty_.notify_one();
    return send_result::accepted;
  }

  /// Adds `item` if there is room now; never blocks for room. Moves from it only when the result is
  /// `accepted`. @returns accepted, full or closed.
  [[nodiscard]] send_result try_send(T&& item) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return send_result::closed;
    if (items_.size() == capacity_) return send_result::full;
    items_.push_back(std::move(item));
    not_empty_.notify_one();
    return send_result::accepted;
  }

  /// Takes the oldest item; blocks while there is none and the channel is open.
  /// @returns nothing once the channel is closed *and* empty: no item will ever come.
  [[nodiscard]] std::optional<T> receive() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    not_full_.notify_one();
    return item;
  }

  /// Says that nothing will be sent any more. What is in the channel can still be received. May be
  /// called more than once.
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

 private:
  const std::size_t capacity_;

  std::mutex mutex_;                   // guards everything below
  std::condition_variable not_empty_;  // items_ has gained an item, or closed_ is set
  std::condition_variable not_full_;   // items_ has lost an item, or closed_ is set
  std::deque<T> items_;                // oldest first; never more than capacity_
  bool closed_ = false;                // never goes back to false
};

}  // namespace workbook
