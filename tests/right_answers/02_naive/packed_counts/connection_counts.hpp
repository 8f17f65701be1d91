// Keeps both counts in one atomic number, so that no reader sees one of them changed and not the
// other.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace workbook {

class connection_counts {
 public:
  std::uint64_t arrive() {
    const std::uint64_t before = both_.fetch_add(one_in_total + 1, std::memory_order_relaxed);
    return before / one_in_total + 1;
  }
  void leave() { both_.fetch_sub(1, std::memory_order_release); }

  [[nodiscard]] std::uint64_t total() const {
    return both_.load(std::memory_order_acquire) / one_in_total;
  }
  [[nodiscard]] std::size_t active() const {
    return both_.load(std::memory_order_acquire) % one_in_total;
  }

 private:
  // The lower 24 bits count the active ones: 16 million, more than a process has descriptors. 40
  // bits are left for the total: enough for a thousand connections a second, for 34 years.
  static constexpr std::uint64_t one_in_total = 1u << 24;

  std::atomic<std::uint64_t> both_ = 0;
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
