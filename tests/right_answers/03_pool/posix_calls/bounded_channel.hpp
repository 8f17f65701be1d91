// Is written with the calls of POSIX threads, as a C programmer would: no std::mutex, no
// std::condition_variable, a fixed array.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <memory>
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
    ring_ = std::make_unique<std::optional<T>[]>(capacity);
  }
  ~bounded_channel() {
    pthread_cond_destroy(&not_full_);
    pthread_cond_destroy(&not_empty_);
    pthread_mutex_destroy(&mutex_);
  }
  bounded_channel(const bounded_channel&) = delete;
  bounded_channel& operator=(const bounded_channel&) = delete;

  [[nodiscard]] send_result send(T&& item) {
    pthread_mutex_lock(&mutex_);
    while (!closed_ && sent_ - received_ == capacity_) pthread_cond_wait(&not_full_, &mutex_);
    const send_result result = put(std::move(item));
    pthread_mutex_unlock(&mutex_);
    return result;
  }

  [[nodiscard]] send_result try_send(T&& item) {
    pthread_mutex_lock(&mutex_);
    const send_result result = put(std::move(item));
    pthread_mutex_unlock(&mutex_);
    return result;
  }

  [[nodiscard]] std::optional<T> receive() {
    std::optional<T> item;
    pthread_mutex_lock(&mutex_);
    while (!closed_ && sent_ == received_) pthread_cond_wait(&not_empty_, &mutex_);
    if (sent_ != received_) {
      item.swap(ring_[received_ % capacity_]);
      ++received_;
      pthread_cond_signal(&not_full_);
    }
    pthread_mutex_unlock(&mutex_);
    return item;
  }

  void close() {
    pthread_mutex_lock(&mutex_);
    closed_ = true;
    pthread_cond_broadcast(&not_empty_);
    pthread_cond_broadcast(&not_full_);
    pthread_mutex_unlock(&mutex_);
  }

 private:
  /// Needs the mutex. What it does cannot throw unless moving an item does.
  send_result put(T&& item) {
    if (closed_) return send_result::closed;
    if (sent_ - received_ == capacity_) return send_result::full;
    ring_[sent_ % capacity_].emplace(std::move(item));
    ++sent_;
    pthread_cond_signal(&not_empty_);
    return send_result::accepted;
  }

  const std::size_t capacity_;

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;  // guards everything below
  pthread_cond_t not_empty_ = PTHREAD_COND_INITIALIZER;
  pthread_cond_t not_full_ = PTHREAD_COND_INITIALIZER;
  std::unique_ptr<std::optional<T>[]> ring_;
  std::size_t sent_ = 0;      // items so far
  std::size_t received_ = 0;  // items so far
  bool closed_ = false;
};

}  // namespace workbook
