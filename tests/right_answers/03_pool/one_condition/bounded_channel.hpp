// Has one condition variable for senders and receivers, and wakes all of them at each change.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <queue>
#include <stdexcept>
#include <utility>

#include "support/send_result.hpp"

namespace workbook {

template <class T>
class bounded_channel {
 public:
  explicit bounded_channel(std::size_t capacity) : capacity_(capacity) {
    if (capacity == 0) throw std::invalid_argument("a channel needs room for at least one item");
  }

  [[nodiscard]] send_result send(T&& item) {
    std::unique_lock lock(mutex_);
    while (!closed_ && items_.size() >= capacity_) changed_.wait(lock);
    return put(std::move(item));
  }

  [[nodiscard]] send_result try_send(T&& item) {
    const std::lock_guard lock(mutex_);
    return put(std::move(item));
  }

  [[nodiscard]] std::optional<T> receive() {
    std::unique_lock lock(mutex_);
    while (items_.empty()) {
      if (closed_) return std::nullopt;
      changed_.wait(lock);
    }
    std::optional<T> item(std::move(items_.front()));
    items_.pop();
    changed_.notify_all();
    return item;
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  /// Needs the mutex.
  send_result put(T&& item) {
    if (closed_) return send_result::closed;
    if (items_.size() >= capacity_) return send_result::full;
    items_.push(std::move(item));
    changed_.notify_all();
    return send_result::accepted;
  }

  const std::size_t capacity_;

  std::mutex mutex_;  // guards everything below
  // notify_one could wake a sender where a receiver is needed: both sorts wait here.
  std::condition_variable changed_;
  std::queue<T> items_;
  bool closed_ = false;
};

}  // namespace workbook
