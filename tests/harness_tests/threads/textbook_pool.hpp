#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

/// A channel and a pool as textbooks have them, with one mistake at a time on request.
namespace textbook {

enum class mistake {
  none,
  closed_outside_the_mutex,
  close_notifies_one,
  if_instead_of_while,
  one_condition_for_both_directions,
  receiver_forgets_the_senders,
  worker_looks_at_closed_first,
};

template <class T, mistake Made = mistake::none>
class channel {
 public:
  explicit channel(std::size_t capacity) : capacity_(capacity) {}

  bool send(T item) {
    std::unique_lock lock(mutex_);
    for_room().wait(lock, [&] { return closed_ || items_.size() < capacity_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    lock.unlock();
    not_empty_.notify_one();
    return true;
  }

  std::optional<T> receive() {
    std::unique_lock lock(mutex_);
    if constexpr (Made == mistake::if_instead_of_while) {
      if (items_.empty() && !closed_) not_empty_.wait(lock);
      if (items_.empty() && !closed_) throw std::logic_error("front() of an empty deque");
    } else {
      not_empty_.wait(lock, [&] { return closed_ || !items_.empty(); });
    }
    if (items_.empty()) return std::nullopt;
    T item = std::move(items_.front());
    items_.pop_front();
    lock.unlock();
    if constexpr (Made != mistake::receiver_forgets_the_senders) for_room().notify_one();
    return item;
  }

  void close() {
    if constexpr (Made == mistake::closed_outside_the_mutex) {
      closed_ = true;
    } else {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    if constexpr (Made == mistake::close_notifies_one) {
      not_empty_.notify_one();
      not_full_.notify_one();
    } else {
      not_empty_.notify_all();
      not_full_.notify_all();
    }
  }

  [[nodiscard]] bool closed() const { return closed_; }

 private:
  std::condition_variable& for_room() {
    return Made == mistake::one_condition_for_both_directions ? not_empty_ : not_full_;
  }

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
  std::deque<T> items_;
  std::atomic<bool> closed_ = false;
};

template <mistake Made = mistake::none>
class pool {
 public:
  pool(int workers, std::size_t capacity) : jobs_(capacity) {
    for (int i = 0; i < workers; ++i) {
      workers_.emplace_back([this] { work(); });
    }
  }
  ~pool() {
    jobs_.close();
    for (std::thread& worker : workers_) worker.join();
  }
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  bool execute(std::function<void()> job) { return jobs_.send(std::move(job)); }

 private:
  void work() {
    for (;;) {
      if (Made == mistake::worker_looks_at_closed_first && jobs_.closed()) return;
      const auto job = jobs_.receive();
      if (!job) return;
      (*job)();
    }
  }

  channel<std::function<void()>, Made> jobs_;
  std::vector<std::thread> workers_;
};

}  // namespace textbook
