#include "async/poller.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>

#include "net/system_call.hpp"

namespace workbook {
namespace {

/// Rounded up, or the loop would look for nothing in the last millisecond, again and again.
int milliseconds_until(poller::time_point until) {
  using std::chrono::milliseconds;
  if (until == poller::time_point::max()) return -1;
  const auto now = std::chrono::steady_clock::now();
  if (until <= now) return 0;
  constexpr milliseconds longest{std::numeric_limits<int>::max()};
  return static_cast<int>(std::min(std::chrono::ceil<milliseconds>(until - now), longest).count());
}

}  // namespace

poller::poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_up_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (epoll_.get() < 0 || wake_up_.get() < 0) throw_errno("cannot make an event loop");
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_up_.get(), &event) != 0) {
    throw_errno("cannot make an event loop");
  }
}

void poller::watch(io_source& source) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &source}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, source.fd, &event) != 0) {
    throw_errno("cannot watch a descriptor");
  }
}

void poller::unwatch(io_source& source) noexcept {
  // Closing is not enough: as long as a copy of the descriptor is open somewhere, epoll goes on
  // telling of it, with a pointer to what is gone.
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source.fd, nullptr);
}

void poller::wake_up() noexcept {
  constexpr std::uint64_t once = 1;
  [[maybe_unused]] const auto count = ::write(wake_up_.get(), &once, sizeof once);
}

std::span<const epoll_event> poller::wait(time_point until) {
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                                 milliseconds_until(until));
  if (count < 0 && errno != EINTR) throw_errno("cannot wait for events");
  const std::span happened(events_.data(), static_cast<std::size_t>(std::max(count, 0)));
  for (const epoll_event& event : happened) {
    std::uint64_t times = 0;
    if (event.data.ptr != nullptr) continue;
    [[maybe_unused]] const auto read = ::read(wake_up_.get(), &times, sizeof times);
  }
  return happened;
}

}  // namespace workbook
