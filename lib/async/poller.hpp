#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <span>

#include "async/waiter.hpp"
#include "net/unique_fd.hpp"

namespace workbook {

/// What a thread waits with for many descriptors at once: an epoll, and an eventfd by which another
/// thread can wake it.
///
/// Not thread-safe, apart from wake_up(). Source: epoll(7), eventfd(2).
class poller {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// @throws std::system_error if there is no descriptor to be had.
  poller();

  /// Watches `source`, edge-triggered: each change is told once, so whoever reads has to read on
  /// until nothing is left. Until unwatch() it must stay where it is.
  /// @throws std::system_error if there is no memory.
  void watch(io_source& source);
  void unwatch(io_source& source) noexcept;

  /// Ends wait(), the next one if nobody is in it. Thread-safe; never blocks.
  void wake_up() noexcept;

  /// Blocks until something has happened, or `until` has come; time_point::max() is for ever.
  /// @returns what has happened, valid until the next call: `data.ptr` is the io_source that it is
  /// about, or null if wake_up() was called. @throws std::system_error if waiting fails for good.
  [[nodiscard]] std::span<const epoll_event> wait(time_point until);

 private:
  unique_fd epoll_;
  unique_fd wake_up_;
  std::array<epoll_event, 256> events_;
};

}  // namespace workbook
