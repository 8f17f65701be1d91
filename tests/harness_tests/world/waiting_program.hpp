#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/world/world.hpp"
#include "net/unique_fd.hpp"

namespace workbook::harness {

/// An epoll and what it watches: as much of a program as most tests need.
class waiting_program {
 public:
  void watch(int fd, std::uint32_t events = EPOLLIN | EPOLLET) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  /// @returns the descriptors that are ready, or none when the time is over.
  [[nodiscard]] std::vector<int> wait(int timeout = -1) {
    std::array<epoll_event, 8> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), 8, timeout);
    std::vector<int> ready;
    for (int i = 0; i < count; ++i) ready.push_back(events.at(static_cast<std::size_t>(i)).data.fd);
    return ready;
  }

 private:
  unique_fd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
};

/// @returns what can be read now, and "." for the end.
inline std::string read_now(int socket) {
  std::string text;
  std::array<char, 64> buffer;
  for (;;) {
    const auto count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count == 0) return text + ".";
    if (count < 0) return errno == EAGAIN ? text : text + "!";
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace workbook::harness
