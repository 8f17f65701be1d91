#pragma once

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

#include <cstddef>
#include <functional>

namespace workbook::harness {

/// The system calls of a server's code, as the test program's own functions pass them on, behind
/// the probes (io_probes.hpp). This is the kernel's answer; a world (world/world.hpp) answers some
/// of them itself. Each function returns what the call of its name does, and sets errno.
class system_calls {
 public:
  virtual ~system_calls() = default;

  virtual int socket(int domain, int type, int protocol);
  virtual int bind(int socket, const sockaddr* address, socklen_t length);
  virtual int listen(int socket, int backlog);
  virtual int connect(int socket, const sockaddr* address, socklen_t length);
  virtual int accept(int socket, sockaddr* address, socklen_t* length, int flags);
  virtual int getsockname(int socket, sockaddr* address, socklen_t* length);
  virtual int getpeername(int socket, sockaddr* address, socklen_t* length);
  virtual int setsockopt(int socket, int level, int name, const void* value, socklen_t length);
  virtual int shutdown(int socket, int how);

  /// recvfrom, recvmsg, read and readv of a socket end here too; `flags` are those of recvmsg(2).
  virtual ssize_t receive(int socket, msghdr& message, int flags);
  /// The same for send.
  virtual ssize_t send(int socket, const msghdr& message, int flags);

  /// Of what is no socket.
  virtual ssize_t read(int fd, void* buffer, std::size_t length);
  virtual ssize_t write(int fd, const void* buffer, std::size_t length);
  virtual int close(int fd);

  virtual int poll(pollfd* fds, nfds_t count, int timeout);
  virtual int epoll_create(int flags);
  virtual int epoll_ctl(int epoll, int operation, int fd, epoll_event* event);
  virtual int epoll_wait(int epoll, epoll_event* events, int count, int timeout);
  virtual int eventfd(unsigned value, int flags);
  virtual int timerfd_create(clockid_t clock, int flags);
  virtual int timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* before);

  virtual int clock_gettime(clockid_t clock, timespec* time);
  /// To be called before a call of nanosleep(2) and the like: what the calling thread waits in.
  virtual void about_to_sleep(const char* function);
};

/// The kernel's answers.
[[nodiscard]] system_calls& kernel();

/// Who answers the calls of this thread: the kernel, unless there is an answered_by.
[[nodiscard]] system_calls& calls_of_this_thread();

/// While it lives, `calls` answers the calling thread.
class answered_by {
 public:
  explicit answered_by(system_calls& calls);
  ~answered_by();
  answered_by(const answered_by&) = delete;
  answered_by& operator=(const answered_by&) = delete;

 private:
  system_calls* const before_;
};

}  // namespace workbook::harness
