#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/memory/address_table.hpp"
#include "harness/system_calls.hpp"
#include "harness/world/event_choices.hpp"

namespace workbook::harness::exploration {

inline constexpr std::uint16_t first_port = 50'000;

/// What the calls of a program do in its world: those on sockets that listen (socket_calls.cpp), on
/// connections (stream_calls.cpp), and those with which a loop waits (loop_calls.cpp). Descriptors
/// that are not of the world get the kernel's answers.
/// Not thread-safe: it belongs to the thread that runs the program.
class program_calls final : public system_calls {
 public:
  program_calls(const shared_state& shared, descriptor_table& open, surroundings& around,
                event_choices& choices, livelock_watch& watch, order_report& report);

  void begin();

  /// @returns the program's end of a connection with this client; see world::connection().
  [[nodiscard]] int connection(std::string_view client);

  int socket(int domain, int type, int protocol) override;
  int bind(int socket, const sockaddr* address, socklen_t length) override;
  int listen(int socket, int backlog) override;
  int connect(int socket, const sockaddr* address, socklen_t length) override;
  int accept(int socket, sockaddr* address, socklen_t* length, int flags) override;
  int getsockname(int socket, sockaddr* address, socklen_t* length) override;
  int getpeername(int socket, sockaddr* address, socklen_t* length) override;
  int setsockopt(int socket, int level, int name, const void* value, socklen_t length) override;

  ssize_t receive(int socket, msghdr& message, int flags) override;
  ssize_t send(int socket, const msghdr& message, int flags) override;
  int shutdown(int socket, int how) override;
  int close(int fd) override;

  int epoll_create(int flags) override;
  int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override;
  int epoll_wait(int epoll, epoll_event* events, int count, int timeout) override;
  int poll(pollfd* fds, nfds_t count, int timeout) override;
  int eventfd(unsigned value, int flags) override;
  ssize_t read(int fd, void* buffer, std::size_t length) override;
  ssize_t write(int fd, const void* buffer, std::size_t length) override;
  int timerfd_create(clockid_t clock, int flags) override;
  int timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* before) override;
  int clock_gettime(clockid_t clock, timespec* time) override;
  void about_to_sleep(const char* function) override;

 private:
  /// Notes what the program is told: it decides what it does next.
  void observe(std::uint64_t what) { seen_ = memory::mix(seen_, what); }
  void observe(const void* bytes, std::size_t count);
  void observe_received(const msghdr& message, ssize_t count);
  /// A call that has changed something is over.
  void changed(int result);
  ssize_t result_of(ssize_t result, std::string_view call, int fd);
  int add(int fd, descriptor it);
  [[noreturn]] void fail_blocked(std::string_view call, const std::string& on);

  const shared_state& shared_;
  descriptor_table& open_;
  surroundings& around_;
  event_choices& choices_;
  livelock_watch& watch_;
  order_report& report_;
  std::uint16_t ports_given_ = 0;
  std::uint64_t seen_ = 0;  // all that the program has been told, as a hash
};

// What the kernel knows of a descriptor:

[[nodiscard]] bool never_blocks(int fd);
[[nodiscard]] bool is_ready(int fd, short events);

/// Lets a call fail that finds nothing now. @returns -1; errno is EAGAIN.
[[nodiscard]] int fail_for_now();

}  // namespace workbook::harness::exploration
