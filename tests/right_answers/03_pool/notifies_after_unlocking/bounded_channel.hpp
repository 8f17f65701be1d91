// Notifies after unlocking wherever that is allowed: in receive() and close(), but not in send(),
// whose receiver may destroy the channel as soon as it can have the mutex.
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

template <class T>
class bounded_channel {
 public:
  explicit bounded_channel(std::size_t capacity) : capacity_(capacity) {
    if (capacity == 0) throw std::invalid_argument("a channel needs room for at least one item");
  }

  [[nodiscard]] send_result send(T&& item) {
    std::unique_lock<std::mutex> lock(mutex_);
    not_full_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
    if (closed_) return send_result::closed;
    items_.emplace_back(std::move(item));
    not_empty_.notify_one();
    return send_result::accepted;
  }

  [[nodiscard]] send_result try_send(T&& item) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (closed_) return send_result::closed;
    if (items_.size() == capacity_) return send_result::full;
    items_.emplace_back(std::move(item));
    not_empty_.notify_one();
    return send_result::accepted;
  }

  [[nodiscard]] std::optional<T> receive() {
    std::unique_lock<std::mutex> lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    not_full_.notify_one();
    return item;
  }

  void close() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      closed_ = true;
    }
    not_empty_.notify_all();
    not_full_.notify_all();
  }

 private:
  const std::size_t capacity_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace workbook
