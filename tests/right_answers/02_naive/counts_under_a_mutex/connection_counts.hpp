// Guards two plain numbers with a mutex.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

namespace workbook {

class connection_counts {
 public:
  std::uint64_t arrive() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++active_;
    return ++total_;
  }
  void leave() {
    const std::lock_guard<std::mutex> lock(mutex_);
    --active_;
  }

  [[nodiscard]] std::uint64_t total() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return total_;
  }
  [[nodiscard]] std::size_t active() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return active_;
  }

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::uint64_t total_ = 0;
  std::size_t active_ = 0;
};

/// Counts its connection out when it is destroyed, on whatever path: after an answer, an error or
/// an exception. Move-only; the counts must outlive it.
class counted_connection {
 public:
  /// The connection must have arrived in `counts` already.
  explicit counted_connection(connection_counts& counts) noexcept : counts_(&counts) {}
  ~counted_connection() {
    if (counts_ != nullptr) counts_->leave();
  }

  counted_connection(counted_connection&& other) noexcept
      : counts_(std::exchange(other.counts_, nullptr)) {}
  counted_connection& operator=(counted_connection&&) = delete;

 private:
  connection_counts* counts_;  // null once it has been moved from
};

}  // namespace workbook
