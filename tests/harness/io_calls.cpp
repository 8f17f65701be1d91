// The functions of the C library that the test program defines itself: they count, fail and shorten
// calls as the probes want it (io_probes.hpp), and pass on what is left to whoever answers
// (system_calls.hpp). The dynamic linker looks for a symbol in the program first, so calls from the
// code under test, from libstdc++ and from the sanitizers' runtimes end here. Source: ld.so(8).
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>

#include "harness/io_probe_state.hpp"
#include "harness/system_calls.hpp"

namespace workbook::harness {
namespace {

using namespace probed;

system_calls& answering() { return here() ? calls_of_this_thread() : kernel(); }

template <class Call>
auto probe(io_call call, const Call& make) {
  return state_of(call).must_fail() ? decltype(make())(-1) : make();
}

bool is_socket(int fd) {
  struct stat about {};
  return ::fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode);
}

bool is_socket_with_unread_bytes(int fd) {
  int unread = 0;
  return is_socket(fd) && ::ioctl(fd, FIONREAD, &unread) == 0 && unread > 0;
}

void note_received(std::size_t bytes) {
  if (!here()) return;
  steady_clock_offset += receiving_takes;
  bytes_received += bytes;
  bytes_received.notify_all();
}

/// The buffers of one call, at most as long as the probes allow, and at most so many: the rest is
/// for another call. The caller's stay as they are. Allocates nothing: tests count allocations.
class allowed_buffers {
 public:
  allowed_buffers(io_call call, const iovec* buffers, std::size_t count) {
    std::size_t left = state_of(call).allowed(std::numeric_limits<std::size_t>::max());
    while (count_ < std::min(count, buffers_.size()) && (left > 0 || count_ == 0)) {
      const iovec& given = buffers[count_];
      buffers_[count_] = {given.iov_base, std::min(given.iov_len, left)};
      left -= buffers_[count_++].iov_len;
    }
  }

  void go_into(msghdr& message) {
    message.msg_iov = buffers_.data();
    message.msg_iovlen = count_;
  }

 private:
  std::array<iovec, 64> buffers_{};
  std::size_t count_ = 0;
};

ssize_t receive(int socket, msghdr& message, int flags) {
  if (state_of(io_call::recv).must_fail()) return -1;
  msghdr allowed = message;
  allowed_buffers buffers(io_call::recv, message.msg_iov, message.msg_iovlen);
  buffers.go_into(allowed);
  const ssize_t count = answering().receive(socket, allowed, flags);
  message.msg_namelen = allowed.msg_namelen;
  message.msg_controllen = allowed.msg_controllen;
  message.msg_flags = allowed.msg_flags;
  if (count > 0) {
    note_received(static_cast<std::size_t>(count));
    state_of(io_call::recv).run_hook();
  }
  return count;
}

ssize_t send_message(int socket, const msghdr& message, int flags) {
  if (state_of(io_call::send).must_fail()) return -1;
  state_of(io_call::send).run_hook();
  msghdr allowed = message;
  allowed_buffers buffers(io_call::send, message.msg_iov, message.msg_iovlen);
  buffers.go_into(allowed);
  return answering().send(socket, allowed, flags);
}

/// A message of these buffers and nothing else.
msghdr message_of(const iovec* buffers, std::size_t count) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(buffers);  // as readv and writev have it
  message.msg_iovlen = count;
  return message;
}

int accept_client(int socket, sockaddr* address, socklen_t* length, int flags) {
  return probe(io_call::accept, [&] { return answering().accept(socket, address, length, flags); });
}

int make_epoll(int flags) {
  return probe(io_call::epoll_create, [&] { return answering().epoll_create(flags); });
}

}  // namespace
}  // namespace workbook::harness

using namespace workbook::harness;
using probed::state_of;

extern "C" {

int socket(int domain, int type, int protocol) noexcept {
  return probe(io_call::socket, [&] { return answering().socket(domain, type, protocol); });
}

int bind(int socket, const sockaddr* address, socklen_t length) noexcept {
  return answering().bind(socket, address, length);
}

int listen(int socket, int backlog) noexcept { return answering().listen(socket, backlog); }

int connect(int socket, const sockaddr* address, socklen_t length) {
  return probe(io_call::connect, [&] { return answering().connect(socket, address, length); });
}

int accept(int socket, sockaddr* address, socklen_t* length) {
  return accept_client(socket, address, length, 0);
}

int accept4(int socket, sockaddr* address, socklen_t* length, int flags) {
  return accept_client(socket, address, length, flags);
}

int getsockname(int socket, sockaddr* address, socklen_t* length) noexcept {
  return answering().getsockname(socket, address, length);
}

int getpeername(int socket, sockaddr* address, socklen_t* length) noexcept {
  return answering().getpeername(socket, address, length);
}

int setsockopt(int socket, int level, int name, const void* value, socklen_t length) noexcept {
  return answering().setsockopt(socket, level, name, value, length);
}

int shutdown(int socket, int how) noexcept { return answering().shutdown(socket, how); }

ssize_t recv(int socket, void* buffer, size_t length, int flags) {
  const iovec one{buffer, length};
  msghdr message = message_of(&one, 1);
  return receive(socket, message, flags);
}

ssize_t recvfrom(int socket, void* buffer, size_t length, int flags, sockaddr* from,
                 socklen_t* from_length) {
  const iovec one{buffer, length};
  msghdr message = message_of(&one, 1);
  message.msg_name = from;
  message.msg_namelen = from != nullptr ? *from_length : 0;
  const ssize_t count = receive(socket, message, flags);
  if (from != nullptr) *from_length = message.msg_namelen;
  return count;
}

ssize_t recvmsg(int socket, msghdr* message, int flags) { return receive(socket, *message, flags); }

ssize_t send(int socket, const void* buffer, size_t length, int flags) {
  const iovec one{const_cast<void*>(buffer), length};
  return send_message(socket, message_of(&one, 1), flags);
}

ssize_t sendto(int socket, const void* buffer, size_t length, int flags, const sockaddr* to,
               socklen_t to_length) {
  const iovec one{const_cast<void*>(buffer), length};
  msghdr message = message_of(&one, 1);
  message.msg_name = const_cast<sockaddr*>(to);
  message.msg_namelen = to_length;
  return send_message(socket, message, flags);
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  return send_message(socket, *message, flags);
}

ssize_t read(int fd, void* buffer, size_t length) {
  if (is_socket(fd)) return recv(fd, buffer, length, 0);
  const size_t allowed = state_of(io_call::read).allowed(length);
  return probe(io_call::read, [&] { return answering().read(fd, buffer, allowed); });
}

ssize_t write(int fd, const void* buffer, size_t length) {
  if (is_socket(fd)) return send(fd, buffer, length, 0);
  const size_t allowed = state_of(io_call::write).allowed(length);
  return probe(io_call::write, [&] { return answering().write(fd, buffer, allowed); });
}

ssize_t readv(int fd, const iovec* buffers, int count) {
  if (!is_socket(fd)) return real().syscall(SYS_readv, fd, buffers, count);
  msghdr message = message_of(buffers, static_cast<size_t>(count));
  return receive(fd, message, 0);
}

ssize_t writev(int fd, const iovec* buffers, int count) {
  if (!is_socket(fd)) return real().syscall(SYS_writev, fd, buffers, count);
  return send_message(fd, message_of(buffers, static_cast<size_t>(count)), 0);
}

int close(int fd) {
  if (state_of(io_call::close).must_fail()) return -1;
  if (here() && is_socket_with_unread_bytes(fd)) ++probed::closed_unread;
  const int result = answering().close(fd);
  if (here() && result < 0 && errno == EBADF) ++probed::closed_nothing;
  return result;
}

int poll(pollfd* fds, nfds_t count, int timeout) {
  if (here() && timeout > 0) ++probed::timed_polls;
  return probe(io_call::poll, [&] { return answering().poll(fds, count, timeout); });
}

int epoll_create(int /*size*/) noexcept { return make_epoll(0); }
int epoll_create1(int flags) noexcept { return make_epoll(flags); }

int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  return probe(io_call::epoll_ctl,
               [&] { return answering().epoll_ctl(epoll, operation, fd, event); });
}

int epoll_wait(int epoll, epoll_event* events, int count, int timeout) {
  return probe(io_call::epoll_wait,
               [&] { return answering().epoll_wait(epoll, events, count, timeout); });
}

int epoll_pwait(int epoll, epoll_event* events, int count, int timeout, const sigset_t* mask) {
  if (mask == nullptr) return epoll_wait(epoll, events, count, timeout);
  return probe(io_call::epoll_wait, [&] {
    constexpr size_t mask_size = 8;  // as the kernel has it
    return static_cast<int>(
        real().syscall(SYS_epoll_pwait, epoll, events, count, timeout, mask, mask_size));
  });
}

int eventfd(unsigned value, int flags) noexcept {
  return probe(io_call::eventfd, [&] { return answering().eventfd(value, flags); });
}

int timerfd_create(clockid_t clock, int flags) noexcept {
  return probe(io_call::timerfd_create, [&] { return answering().timerfd_create(clock, flags); });
}

int timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* before) noexcept {
  return probe(io_call::timerfd_settime,
               [&] { return answering().timerfd_settime(fd, flags, value, before); });
}

}  // extern "C"

#endif
