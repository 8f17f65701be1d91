#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace workbook::harness::exploration {

/// What one epoll watches, and which of it has become ready and was not told yet. The kernel's epoll
/// decides what becomes ready, and in edge-triggered mode when; it forgets an edge once it has told
/// it, so what it tells is kept here until the program is told.
///
/// As for a TCP socket, that there is room to write counts as an edge only at the registration, and
/// after a write that found no room. Source: Linux, net/core/stream.c, SOCK_NOSPACE.
class interest_set {
 public:
  /// Passes epoll_ctl(2) on to the kernel. @returns what that does.
  int control(int epoll, int operation, int fd, const epoll_event* event);
  void forget(int fd);

  /// @returns the descriptors of which the program is to be told, in order.
  [[nodiscard]] std::vector<int> ready(int epoll);
  /// What the program is told of `fd`, which is ready.
  [[nodiscard]] epoll_event take(int fd);

  /// An event will come for `fd`, whatever the kernel thinks: `events` of those that it is watched
  /// for.
  void expect(int fd, std::uint32_t events);
  /// A write has found no room.
  void wants_room(int fd);

  /// Which are pending, as a hash.
  [[nodiscard]] std::uint64_t state() const;

 private:
  struct interest {
    std::uint32_t events;
    epoll_data_t data;
    bool owes_room;
  };

  [[nodiscard]] static std::uint32_t ready_events(int fd, const interest& it);

  std::map<int, interest> watched_;
  std::set<int> pending_;
};

}  // namespace workbook::harness::exploration
