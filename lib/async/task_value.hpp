#pragma once

#include <optional>
#include <utility>

namespace workbook {

/// Where a coroutine leaves what it returns. A promise has either return_value() or return_void(),
/// never both.
template <class T>
class task_value {
 public:
  void return_value(T value) { value_ = std::move(value); }

  /// @returns what the coroutine has returned. To be called once, when it has.
  T take() { return *std::move(value_); }

 private:
  std::optional<T> value_;
};

template <>
class task_value<void> {
 public:
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace workbook
