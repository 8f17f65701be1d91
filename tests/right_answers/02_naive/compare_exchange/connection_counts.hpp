// Counts with compare-exchange loops, and a guard that is a unique_ptr with a deleter of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace workbook {

class connection_counts {
 public:
  std::uint64_t arrive() {
    add(active_, std::size_t{1});
    return add(total_, std::uint64_t{1});
  }
  void leave() {
    std::size_t seen = active_.load();
    while (!active_.compare_exchange_strong(seen, seen - 1)) {
    }
  }

  [[nodiscard]] std::uint64_t total() const { return total_.load(); }
  [[nodiscard]] std::size_t active() const { return active_.load(); }

 private:
  /// @returns what the count is after this addition.
  template <class Number>
  static Number add(std::atomic<Number>& count, Number more) {
    Number seen = count.load();
    while (!count.compare_exchange_weak(seen, seen + more)) {
      // `seen` is what another thread has made of it: once more, from there.
    }
    return seen + more;
  }

  std::atomic<std::uint64_t> total_ = 0;
  std::atomic<std::size_t> active_ = 0;
};

class counted_connection {
 public:
  explicit counted_connection(connection_counts& counts) noexcept : counts_(&counts) {}

  counted_connection(counted_connection&&) noexcept = default;
  counted_connection& operator=(counted_connection&&) = delete;

 private:
  struct count_out {
    void operator()(connection_counts* counts) const { counts->leave(); }
  };
  std::unique_ptr<connection_counts, count_out> counts_;  // owns one departure, not the counts
};

}  // namespace workbook
