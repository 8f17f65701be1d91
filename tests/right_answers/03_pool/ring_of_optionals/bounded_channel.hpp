// Keeps the items in a ring that is allocated once, and counts those who wait, so that it notifies
// only if somebody does.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/send_result.hpp"

namespace workbook {

template <class T>
class bounded_channel {
 public:
  explicit bounded_channel(std::size_t capacity) : ring_(capacity) {
    if (capacity == 0) throw std::invalid_argument("a channel needs room for at least one item");
  }

  [[nodiscard]] send_result send(T&& item) {
    std::unique_lock lock(mutex_);
    while (!closed_ && size_ == ring_.size()) {
      ++senders_waiting_;
      not_full_.wait(lock);
      --senders_waiting_;
    }
    return put(std::move(item));
  }

  [[nodiscard]] send_result try_send(T&& item) {
    const std::scoped_lock lock(mutex_);
    return put(std::move(item));
  }

  [[nodiscard]] std::optional<T> receive() {
    std::unique_lock lock(mutex_);
    while (!closed_ && size_ == 0) {
      ++receivers_waiting_;
      not_empty_.wait(lock);
      --receivers_waiting_;
    }
    if (size_ == 0) return std::nullopt;
    std::optional<T> item = std::exchange(ring_[first_], std::nullopt);
    first_ = (first_ + 1) % ring_.size();
    --size_;
    if (senders_waiting_ > 0) not_full_.notify_one();
    return item;
  }

  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

 private:
  /// Needs the mutex.
  send_result put(T&& item) {
    if (closed_) return send_result::closed;
    if (size_ == ring_.size()) return send_result::full;
    ring_[(first_ + size_) % ring_.size()] = std::move(item);
    ++size_;
    if (receivers_waiting_ > 0) not_empty_.notify_one();
    return send_result::accepted;
  }

  std::mutex mutex_;  // guards everything below
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
  std::vector<std::optional<T>> ring_;
  std::size_t first_ = 0;  // where the oldest item is
  std::size_t size_ = 0;
  std::size_t senders_waiting_ = 0;
  std::size_t receivers_waiting_ = 0;
  bool closed_ = false;
};

}  // namespace workbook
