#include "net/tcp_stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "net/address.hpp"
#include "net/system_call.hpp"

namespace workbook {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long a finished connection may keep its server waiting for the peer's own FIN. RFC 9112 §9.6
// asks for such a wait and leaves its length open; on one machine the FIN comes in microseconds.
constexpr milliseconds linger_limit{1000};

/// While it lives, a requested stop ends the reading side of `socket`: a thread blocked in recv or
/// poll comes back at once. What had arrived before can still be read, so a request that is already
/// here is still answered. Source: shutdown(2).
class stop_ends_reading {
 public:
  stop_ends_reading(int socket, const std::stop_token& stop) : wake_(stop, end_reading{socket}) {}

 private:
  struct end_reading {
    int socket;
    void operator()() const noexcept { ::shutdown(socket, SHUT_RD); }
  };
  std::stop_callback<end_reading> wake_;
};

/// Throws away what has arrived. @returns whether more may come.
bool discard(int socket) noexcept {
  std::array<char, 4096> rest;
  const auto count = ::recv(socket, rest.data(), rest.size(), MSG_DONTWAIT);
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
}

bool readable_before(int socket, steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd ready{socket, POLLIN, 0};
  return retry_on_eintr([&] { return ::poll(&ready, 1, static_cast<int>(left.count())); }) > 0;
}

}  // namespace

tcp_stream tcp_stream::connect(const std::string& host, std::uint16_t port) {
  for (const address_list addresses(host, port); const addrinfo& address : addresses) {
    unique_fd socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) throw_errno("cannot open a socket");
    const auto connect = [&] {
      return ::connect(socket.get(), address.ai_addr, address.ai_addrlen);
    };
    if (retry_on_eintr(connect) == 0) return tcp_stream(std::move(socket));
  }
  throw_errno("cannot connect to " + host + ":" + std::to_string(port));
}

std::size_t tcp_stream::read_some(std::span<char> buffer, const std::stop_token& stop) {
  const stop_ends_reading wake(fd(), stop);
  const auto count = retry_on_eintr([&] { return ::recv(fd(), buffer.data(), buffer.size(), 0); });
  // A negative count must not become a size: as std::size_t, -1 is the largest number there is.
  if (count < 0) throw_errno("cannot read from the peer");
  return static_cast<std::size_t>(count);
}

void tcp_stream::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    // MSG_NOSIGNAL: writing to a peer that has gone is an error for this connection (EPIPE).
    // Without the flag it is SIGPIPE, and that kills the whole process. Rust's std ignores SIGPIPE
    // at start-up; in C++ it is ours to do.
    const auto count =
        retry_on_eintr([&] { return ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    if (count < 0) throw_errno("cannot write to the peer");
    // The kernel may take less than all of it: the rest is still ours to send.
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void tcp_stream::finish_sending() noexcept { ::shutdown(fd(), SHUT_WR); }

void tcp_stream::linger_and_close(const std::stop_token& stop) noexcept {
  const auto deadline = steady_clock::now() + linger_limit;
  const stop_ends_reading wake(fd(), stop);
  finish_sending();
  while (readable_before(fd(), deadline) && discard(fd())) {
  }
  (void)discard(fd());  // however late it is: bytes left unread would be a reset
  socket_.reset();
}

bool tcp_stream::has_bytes() const noexcept {
  char byte = 0;
  return ::recv(fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

}  // namespace workbook
