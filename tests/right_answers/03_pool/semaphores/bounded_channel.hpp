// Counts room and items with two semaphores, and wakes everybody at the end by handing on one last
// token.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <utility>

#include "support/send_result.hpp"

namespace workbook {

template <class T>
class bounded_channel {
 public:
  explicit bounded_channel(std::size_t capacity)
      : capacity_(capacity), room_(static_cast<std::ptrdiff_t>(capacity)), items_in_(0) {
    if (capacity == 0) throw std::invalid_argument("a channel needs room for at least one item");
  }

  [[nodiscard]] send_result send(T&& item) {
    for (;;) {
      room_.acquire();
      const std::scoped_lock lock(mutex_);
      if (closed_) room_.release();  // the next sender must come to an end too
      const send_result result = put(std::move(item));
      if (result != send_result::full) return result;
      // try_send() was faster: the token that was drawn here counts for its item.
    }
  }

  [[nodiscard]] send_result try_send(T&& item) {
    const std::scoped_lock lock(mutex_);
    const send_result result = put(std::move(item));
    if (result == send_result::accepted) (void)room_.try_acquire();
    return result;
  }

  [[nodiscard]] std::optional<T> receive() {
    items_in_.acquire();
    const std::scoped_lock lock(mutex_);
    if (items_.empty()) {
      items_in_.release();  // the last token: the next receiver must come to an end too
      return std::nullopt;
    }
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    room_.release();
    return item;
  }

  void close() {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(closed_, true)) return;
    // One token more than there are items, and than there is room: whoever gets it hands it on.
    items_in_.release();
    room_.release();
  }

 private:
  /// Needs the mutex. The semaphores are released under it, because whoever receives the item may
  /// destroy the channel: it cannot before the mutex is free.
  send_result put(T&& item) {
    if (closed_) return send_result::closed;
    if (items_.size() == capacity_) return send_result::full;
    items_.push_back(std::move(item));
    items_in_.release();
    return send_result::accepted;
  }

  const std::size_t capacity_;
  std::counting_semaphore<> room_;
  std::counting_semaphore<> items_in_;

  std::mutex mutex_;  // guards everything below
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace workbook
