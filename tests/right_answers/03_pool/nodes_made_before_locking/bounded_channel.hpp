// Makes the node of a list before it locks and only splices it in, so that nobody waits for the
// memory allocator; the item moves into the node once it is sure to be accepted.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <list>
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
    nodes place(1);
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
    return put(std::move(item), place);
  }

  [[nodiscard]] send_result try_send(T&& item) {
    nodes place(1);
    const std::scoped_lock lock(mutex_);
    return put(std::move(item), place);
  }

  [[nodiscard]] std::optional<T> receive() {
    nodes taken;
    {
      std::unique_lock lock(mutex_);
      not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
      if (items_.empty()) return std::nullopt;
      taken.splice(taken.end(), items_, items_.begin());
      not_full_.notify_one();
    }
    return std::move(taken.front());
  }

  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
  }

 private:
  using nodes = std::list<std::optional<T>>;

  /// Needs the mutex. `place` holds one empty node.
  send_result put(T&& item, nodes& place) {
    if (closed_) return send_result::closed;
    if (items_.size() == capacity_) return send_result::full;
    place.front() = std::move(item);
    items_.splice(items_.end(), place);
    not_empty_.notify_one();
    return send_result::accepted;
  }

  const std::size_t capacity_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
  nodes items_;
  bool closed_ = false;
};

}  // namespace workbook
