// Guards the queue with a shared_mutex, so it waits on condition_variable_any; try_send first looks
// with a shared lock whether there is any use in asking for the exclusive one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <shared_mutex>
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
    not_full_.wait(lock, [this] { return answer_now() != send_result::full; });
    return put(std::move(item));
  }

  [[nodiscard]] send_result try_send(T&& item) {
    {
      const std::shared_lock looking(mutex_);
      if (const send_result answer = answer_now(); answer != send_result::accepted) return answer;
    }
    const std::unique_lock lock(mutex_);  // by now, somebody else may have taken the last place
    return put(std::move(item));
  }

  [[nodiscard]] std::optional<T> receive() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    not_full_.notify_one();
    return item;
  }

  void close() {
    const std::unique_lock lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

 private:
  /// Needs the mutex, shared or exclusive.
  send_result answer_now() const {
    if (closed_) return send_result::closed;
    return items_.size() < capacity_ ? send_result::accepted : send_result::full;
  }

  /// Needs the mutex, exclusive.
  send_result put(T&& item) {
    const send_result answer = answer_now();
    if (answer == send_result::accepted) {
      items_.push_back(std::move(item));
      not_empty_.notify_one();
    }
    return answer;
  }

  const std::size_t capacity_;

  std::shared_mutex mutex_;  // guards everything below
  std::condition_variable_any not_empty_;
  std::condition_variable_any not_full_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace workbook
