// The functions of the C library that the probes stand in front of. The dynamic linker looks for a
// symbol in the program first, so calls from the code under test, from libstdc++ and from the
// sanitizers' runtimes end here. Source: ld.so(8), dlsym(3) (RTLD_NEXT).

#include "harness/io_probe_state.hpp"

#if WORKBOOK_INTERPOSE

#include <dlfcn.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace {

using workbook::harness::io_call;
using workbook::harness::state_of;

/// @returns the next definition of the function `name`: that of a sanitizer, or the C library's.
template <class Function>
Function* next_definition(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool is_socket_with_unread_bytes(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  int unread = 0;
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
         ::ioctl(fd, FIONREAD, &unread) == 0 && unread > 0;
}

}  // namespace

extern "C" {

int socket(int domain, int type, int protocol) noexcept {
  static auto* const next = next_definition<decltype(::socket)>("socket");
  if (state_of(io_call::socket).must_fail()) return -1;
  return next(domain, type, protocol);
}

int connect(int socket, const sockaddr* address, socklen_t length) {
  static auto* const next = next_definition<decltype(::connect)>("connect");
  if (state_of(io_call::connect).must_fail()) return -1;
  return next(socket, address, length);
}

int accept4(int socket, sockaddr* address, socklen_t* length, int flags) {
  static auto* const next = next_definition<decltype(::accept4)>("accept4");
  if (state_of(io_call::accept).must_fail()) return -1;
  return next(socket, address, length, flags);
}

ssize_t recv(int socket, void* buffer, size_t length, int flags) {
  static auto* const next = next_definition<decltype(::recv)>("recv");
  if (state_of(io_call::recv).must_fail()) return -1;
  const ssize_t count = next(socket, buffer, state_of(io_call::recv).allowed(length), flags);
  if (count > 0) {
    workbook::harness::note_received(static_cast<size_t>(count));
    state_of(io_call::recv).run_hook();
  }
  return count;
}

ssize_t send(int socket, const void* buffer, size_t length, int flags) {
  static auto* const next = next_definition<decltype(::send)>("send");
  if (state_of(io_call::send).must_fail()) return -1;
  state_of(io_call::send).run_hook();
  return next(socket, buffer, state_of(io_call::send).allowed(length), flags);
}

int close(int fd) {
  static auto* const next = next_definition<decltype(::close)>("close");
  if (state_of(io_call::close).must_fail()) return -1;
  if (is_socket_with_unread_bytes(fd)) workbook::harness::note_close_with_unread_bytes();
  const int result = next(fd);
  if (result < 0 && errno == EBADF) workbook::harness::note_close_of_nothing();
  return result;
}

int poll(pollfd* fds, nfds_t count, int timeout) {
  static auto* const next = next_definition<decltype(::poll)>("poll");
  if (timeout > 0) workbook::harness::note_timed_poll();
  if (state_of(io_call::poll).must_fail()) return -1;
  return next(fds, count, timeout);
}

}  // extern "C"

#endif
