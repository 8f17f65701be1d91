#include "harness/system_calls.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <dlfcn.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "harness/io_probes.hpp"
#include "harness/threads/exploration.hpp"

// The function of the C library that the test program's own hides. Source: dlsym(3), RTLD_NEXT.
#define WORKBOOK_NEXT(name) static auto* const next = next_definition<decltype(::name)>(#name)

namespace workbook::harness {
namespace {

constinit thread_local system_calls* answering = nullptr;

/// @returns the next definition of the function `name`: that of a sanitizer, or the C library's.
template <class Function>
Function* next_definition(const char* name) {
  void* const found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr) {
    std::fprintf(stderr, "the C library has no %s, so it cannot be probed\n", name);
    std::abort();
  }
  return reinterpret_cast<Function*>(found);
}

}  // namespace

system_calls& kernel() {
  static system_calls calls;
  return calls;
}

system_calls& calls_of_this_thread() { return answering != nullptr ? *answering : kernel(); }

answered_by::answered_by(system_calls& calls) : before_(answering) { answering = &calls; }
answered_by::~answered_by() { answering = before_; }

void system_calls::about_to_sleep(const char* /*function*/) {}

int system_calls::socket(int domain, int type, int protocol) {
  WORKBOOK_NEXT(socket);
  return next(domain, type, protocol);
}

int system_calls::bind(int socket, const sockaddr* address, socklen_t length) {
  WORKBOOK_NEXT(bind);
  return next(socket, address, length);
}

int system_calls::listen(int socket, int backlog) {
  WORKBOOK_NEXT(listen);
  return next(socket, backlog);
}

int system_calls::connect(int socket, const sockaddr* address, socklen_t length) {
  WORKBOOK_NEXT(connect);
  return next(socket, address, length);
}

int system_calls::accept(int socket, sockaddr* address, socklen_t* length, int flags) {
  WORKBOOK_NEXT(accept4);
  return next(socket, address, length, flags);
}

int system_calls::getsockname(int socket, sockaddr* address, socklen_t* length) {
  WORKBOOK_NEXT(getsockname);
  return next(socket, address, length);
}

int system_calls::getpeername(int socket, sockaddr* address, socklen_t* length) {
  WORKBOOK_NEXT(getpeername);
  return next(socket, address, length);
}

int system_calls::setsockopt(int socket, int level, int name, const void* value, socklen_t length) {
  WORKBOOK_NEXT(setsockopt);
  return next(socket, level, name, value, length);
}

int system_calls::shutdown(int socket, int how) {
  WORKBOOK_NEXT(shutdown);
  return next(socket, how);
}

// Of one buffer without an address it is the plain call: that is what a hang report shows, and what
// a sanitizer checks.
ssize_t system_calls::receive(int socket, msghdr& message, int flags) {
  if (message.msg_iovlen == 1 && message.msg_name == nullptr && message.msg_control == nullptr) {
    WORKBOOK_NEXT(recv);
    return next(socket, message.msg_iov->iov_base, message.msg_iov->iov_len, flags);
  }
  WORKBOOK_NEXT(recvmsg);
  return next(socket, &message, flags);
}

ssize_t system_calls::send(int socket, const msghdr& message, int flags) {
  if (message.msg_iovlen == 1 && message.msg_name == nullptr && message.msg_control == nullptr) {
    WORKBOOK_NEXT(send);
    return next(socket, message.msg_iov->iov_base, message.msg_iov->iov_len, flags);
  }
  WORKBOOK_NEXT(sendmsg);
  return next(socket, &message, flags);
}

ssize_t system_calls::read(int fd, void* buffer, std::size_t length) {
  WORKBOOK_NEXT(read);
  return next(fd, buffer, length);
}

ssize_t system_calls::write(int fd, const void* buffer, std::size_t length) {
  WORKBOOK_NEXT(write);
  return next(fd, buffer, length);
}

int system_calls::close(int fd) {
  WORKBOOK_NEXT(close);
  return next(fd);
}

int system_calls::poll(pollfd* fds, nfds_t count, int timeout) {
  WORKBOOK_NEXT(poll);
  return next(fds, count, timeout);
}

int system_calls::epoll_create(int flags) {
  WORKBOOK_NEXT(epoll_create1);
  return next(flags);
}

int system_calls::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  WORKBOOK_NEXT(epoll_ctl);
  return next(epoll, operation, fd, event);
}

int system_calls::epoll_wait(int epoll, epoll_event* events, int count, int timeout) {
  WORKBOOK_NEXT(epoll_wait);
  return next(epoll, events, count, timeout);
}

int system_calls::eventfd(unsigned value, int flags) {
  WORKBOOK_NEXT(eventfd);
  return next(value, flags);
}

int system_calls::timerfd_create(clockid_t clock, int flags) {
  WORKBOOK_NEXT(timerfd_create);
  return next(clock, flags);
}

int system_calls::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* before) {
  WORKBOOK_NEXT(timerfd_settime);
  return next(fd, flags, value, before);
}

int system_calls::clock_gettime(clockid_t clock, timespec* time) {
  const int result = real().clock_gettime(clock, time);
  using namespace exploration;
  if (clock == CLOCK_MONOTONIC) *time = to_timespec(to_nanoseconds(*time) + clock_offset());
  return result;
}

}  // namespace workbook::harness

#endif
