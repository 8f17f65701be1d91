#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "support/send_result.hpp"

namespace workbook::bench {

/// The bounded channel with one call at a time: a sender notifies nobody while a receiver that was
/// called is still on its way, and whoever comes calls the next if there is more to do. The same
/// contract as workbook::bounded_channel, and the same suite proves it.
///
/// The price: it relies on every notification being delivered. Where one is lost, the channel waits
/// until it is closed for a receiver that never comes; a channel that notifies for each item
/// recovers with the next. (glibc had such a fault: sourceware.org, bug 25847.)
template <class T>
class tuned_channel {
 public:
  explicit tuned_channel(std::size_t capacity) : capacity_(capacity) {
    if (capacity == 0) throw std::invalid_argument("a channel needs room for at least one item");
  }

  [[nodiscard]] send_result send(T&& item) {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
    if (closed_) return send_result::closed;
    items_.push_back(std::move(item));
    call_receiver();
    return send_result::accepted;
  }

  [[nodiscard]] send_result try_send(T&& item) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return send_result::closed;
    if (items_.size() == capacity_) return send_result::full;
    items_.push_back(std::move(item));
    call_receiver();
    return send_result::accepted;
  }

  [[nodiscard]] std::optional<T> receive() {
    std::unique_lock lock(mutex_);
    receiver_called_ = false;  // here it is
    while (!closed_ && items_.empty()) {
      not_empty_.wait(lock);
      receiver_called_ = false;
    }
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    not_full_.notify_one();
    if (!items_.empty()) call_receiver();
    return item;
  }

  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

 private:
  /// Needs the mutex. Wakes one receiver, if one sleeps, and not another one before the first has
  /// come. Invariant, each time that the mutex is free: if there is an item and a receiver sleeps,
  /// then receiver_called_ is set, and a receiver is on its way to the mutex.
  void call_receiver() {
    if (!std::exchange(receiver_called_, true)) not_empty_.notify_one();
  }

  const std::size_t capacity_;

  std::mutex mutex_;                   // guards everything below
  std::condition_variable not_empty_;  // items_ has gained an item, or closed_ is set
  std::condition_variable not_full_;   // items_ has lost an item, or closed_ is set
  std::deque<T> items_;                // oldest first; never more than capacity_
  bool receiver_called_ = false;       // a receiver was notified and has not come yet
  bool closed_ = false;                // never goes back to false
};

}  // namespace workbook::bench
