#include "net/timed_stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "net/first_connection.hpp"
#include "net/system_call.hpp"

namespace workbook {
namespace {

using time_point = timed_stream::time_point;

/// What poll(2) wants to know: how many milliseconds may be waited, or -1 for "without a limit".
int milliseconds_until(time_point deadline) {
  using std::chrono::milliseconds;
  if (deadline == time_point::max()) return -1;
  const auto now = std::chrono::steady_clock::now();
  if (deadline <= now) return 0;
  const auto left = std::chrono::ceil<milliseconds>(deadline - now).count();
  return static_cast<int>(std::min<long>(left, std::numeric_limits<int>::max()));
}

bool has_passed(time_point deadline) { return deadline <= std::chrono::steady_clock::now(); }

[[noreturn]] void throw_too_late() {
  errno = ETIMEDOUT;
  throw_errno("the server took too long");
}

/// Blocks until `socket` is ready for `events`. @throws ETIMEDOUT after `deadline`.
void wait_until_ready(int socket, short events, time_point deadline) {
  pollfd ready{socket, events, 0};
  const int count = retry_on_eintr([&] { return ::poll(&ready, 1, milliseconds_until(deadline)); });
  if (count < 0) throw_errno("cannot wait for the server");
  if (count == 0) throw_too_late();
}

/// Repeats `call` until it no longer says "not now". @returns what it returned: -1 for an error.
template <class Call>
auto when_ready(int socket, short events, time_point deadline, Call call) {
  auto result = retry_on_eintr(call);
  while (result == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    wait_until_ready(socket, events, deadline);
    result = retry_on_eintr(call);
  }
  return result;
}

/// The error that has ended the attempt to connect, if one has; 0 otherwise. Source: connect(2).
int pending_error(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/// A socket that is connected to `address`. @throws std::system_error
unique_fd connected(const addrinfo& address, time_point deadline) {
  unique_fd socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) throw_errno("cannot open a socket");
  int error = ::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS || error == EINTR) {  // it goes on without us
    wait_until_ready(socket.get(), POLLOUT, deadline);
    error = pending_error(socket.get());
  }
  if (error == 0) return socket;
  errno = error;
  throw_errno("cannot connect");
}

}  // namespace

timed_stream timed_stream::connect(const address_list& addresses, time_point deadline) {
  return timed_stream(first_connection(addresses, deadline, connected));
}

void timed_stream::write_all(std::string_view bytes, time_point deadline) {
  while (!bytes.empty()) {
    const auto count = when_ready(socket_.get(), POLLOUT, deadline, [&] {
      return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    });
    if (count < 0) throw_errno("cannot write to the server");
    bytes.remove_prefix(static_cast<std::size_t>(count));
    if (!bytes.empty() && has_passed(deadline)) throw_too_late();
  }
}

std::size_t timed_stream::read_some(std::span<char> buffer, time_point deadline) {
  // Also when there are bytes: a peer that never stops sending would never let us look at the
  // clock.
  if (has_passed(deadline)) throw_too_late();
  const auto count = when_ready(socket_.get(), POLLIN, deadline, [&] {
    return ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  });
  if (count < 0) throw_errno("cannot read from the server");
  return static_cast<std::size_t>(count);
}

}  // namespace workbook
