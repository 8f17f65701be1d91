#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace workbook {

/// A place that somebody has, one of those that are counted as taken: destroying the object gives it
/// back, on every path. Move-only; the count must outlive it. Any thread may destroy it.
class place {
 public:
  /// It must have been counted in `taken` already.
  explicit place(std::atomic<std::size_t>& taken) noexcept : taken_(&taken) {}
  ~place() {
    if (taken_ != nullptr) --*taken_;
  }

  place(place&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)) {}
  place& operator=(place&& other) noexcept {
    std::swap(taken_, other.taken_);
    return *this;
  }

 private:
  std::atomic<std::size_t>* taken_;  // null once it has been moved from
};

}  // namespace workbook
