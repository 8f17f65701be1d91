#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace workbook::harness::memory {

/// Threads are numbered from 0; more than these do not fit into one schedule.
inline constexpr int max_threads = 48;

/// What one thread knows of the others: of each, everything up to a time. A thread's time moves on
/// when it passes on what it knows, so that nothing it does afterwards counts as passed on; 0 is
/// before its beginning.
/// Source: Lamport 1978, Mattern 1988; the epochs of FastTrack (Flanagan and Freund, PLDI 2009).
class vector_clock {
 public:
  [[nodiscard]] std::uint32_t of(int thread) const { return at_[static_cast<std::size_t>(thread)]; }
  void set(int thread, std::uint32_t time) {
    at_[static_cast<std::size_t>(thread)] = time;
    count_ = std::max(count_, static_cast<std::size_t>(thread) + 1);
  }

  [[nodiscard]] bool knows(int thread, std::uint32_t time) const { return time <= of(thread); }
  /// Whether it knows one of these moments; a 0 is none.
  [[nodiscard]] bool knows_any_of(const vector_clock& moments) const {
    for (std::size_t i = 0; i < moments.count_; ++i) {
      if (moments.at_[i] != 0 && moments.at_[i] <= at_[i]) return true;
    }
    return false;
  }
  void learn(const vector_clock& other) {
    for (std::size_t i = 0; i < other.count_; ++i) at_[i] = std::max(at_[i], other.at_[i]);
    count_ = std::max(count_, other.count_);
  }

 private:
  std::size_t count_ = 0;  // from here on all are 0: most programs have few threads
  std::array<std::uint32_t, max_threads> at_{};
};

}  // namespace workbook::harness::memory
