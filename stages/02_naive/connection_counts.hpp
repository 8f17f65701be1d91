#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace workbook {

/// How many connections a server has had, and how many it has now.
/// - `arrive()` counts one connection in and returns its number; they are numbered from 1.
/// - `leave()` counts one connection out.
/// - `total()` is how many have arrived since the beginning.
/// - `active()` is how many have arrived and not left: a number that was true at some moment of the
///   call. It may be out of date when you read it.
/// Thread-safe: any thread may call any of them at any time. Never blocks for long.
class connection_counts {
 public:
  // TODO 2.2 (about 10 lines): turns ConnectionCounts.* green
  //   Which type of counter may several threads change at the same time?
  //   Is `count = count + 1` one step or two? What can another thread do in between?
  //   `make race-02` lets you watch two wrong answers first.
  std::uint64_t arrive() { todo("2.2"); }
  void leave() { todo("2.2"); }

  [[nodiscard]] std::uint64_t total() const { todo("2.2"); }
  [[nodiscard]] std::size_t active() const { todo("2.2"); }
};

/// Counts its connection out when it is destroyed, on every path: after an answer, an error or an
/// exception. Move-only; the counts must outlive it.
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
