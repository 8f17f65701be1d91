#include "async/nonblocking.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "net/accept_errors.hpp"
#include "net/system_call.hpp"

namespace workbook {
namespace {

bool means_not_now() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

io_result receive_now(int socket, std::span<char> buffer) {
  const auto count =
      retry_on_eintr([&] { return ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT); });
  if (count > 0) return {io_status::done, static_cast<std::size_t>(count)};
  if (count == 0) return {io_status::ended, 0};
  if (!means_not_now()) throw_errno("cannot read from the peer");
  return {io_status::would_block, 0};
}

io_result send_now(int socket, std::string_view bytes) {
  const auto count = retry_on_eintr(
      [&] { return ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL); });
  if (count >= 0) return {io_status::done, static_cast<std::size_t>(count)};
  if (!means_not_now()) throw_errno("cannot write to the peer");
  return {io_status::would_block, 0};
}

void end_reading(int socket) noexcept { ::shutdown(socket, SHUT_RD); }

void throw_peer_does_not_read() {
  throw std::system_error(ETIMEDOUT, std::generic_category(), "the peer does not read");
}

accept_result accept_now(int listener) {
  for (;;) {
    unique_fd client(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (client.get() >= 0) {
      // Each response is one send. With Nagle's algorithm the second of two would wait until the
      // client has confirmed the first, which takes it up to 40 ms. Source: tcp(7), TCP_NODELAY.
      const int on = 1;
      ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return {io_status::done, std::move(client)};
    }
    if (means_not_now()) return {io_status::would_block, {}};
    if (means_out_of_resources(errno)) return {io_status::exhausted, {}};
    if (errno != EINTR && !concerns_one_client(errno)) throw_errno("cannot accept a connection");
  }
}

}  // namespace workbook
