#include "net/tcp_listener.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "net/address.hpp"
#include "net/system_call.hpp"

namespace workbook {
namespace {

// How many finished handshakes may wait in the kernel until somebody accepts them; it cuts the
// number down to net.core.somaxconn. Rust's std asks for 128, where a burst of 10 000 clients would
// lose its connection attempts. Source: listen(2).
constexpr int backlog = 4096;

unique_fd open_listening_socket(const addrinfo& address) {
  // CLOEXEC: a program that this process starts must not inherit the socket, or the port stays
  // taken for as long as that program runs.
  // NONBLOCK: between poll and accept a client can vanish; accept must not block then.
  unique_fd socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return socket;
  // REUSEADDR: connections that this server closed stay in TIME_WAIT for a minute; without the
  // option, a server that is started again within that minute gets EADDRINUSE. Source: tcp(7).
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.get(), address.ai_addr, address.ai_addrlen) != 0) return {};
  if (::listen(socket.get(), backlog) != 0) return {};
  return socket;
}

std::uint16_t local_port(int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0) {
    throw_errno("cannot ask for the port");
  }
  // The port stands at the same place in both; its bytes are in network order.
  return ntohs(name.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(name).sin6_port
                                          : reinterpret_cast<const sockaddr_in&>(name).sin_port);
}

// Errors that belong to one connection which is gone, not to the listener. Source: accept(2),
// "Error handling": Linux passes pending network errors of the new socket through accept.
bool concerns_one_client(int error) {
  return error == ECONNABORTED || error == EPROTO || error == ENETDOWN || error == ENOPROTOOPT ||
         error == EHOSTDOWN || error == EHOSTUNREACH || error == EOPNOTSUPP || error == ENETUNREACH;
}

bool means_out_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

tcp_listener::tcp_listener(const std::string& host, std::uint16_t port) {
  for (const address_list addresses(host, port); const addrinfo& address : addresses) {
    socket_ = open_listening_socket(address);
    if (socket_.get() >= 0) break;
  }
  if (socket_.get() < 0) {
    throw_errno("cannot listen on " + host + ":" + std::to_string(port));
  }
  port_ = local_port(socket_.get());
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw_errno("cannot open a pipe");
  stop_read_.reset(ends[0]);
  stop_write_.reset(ends[1]);
}

std::optional<tcp_stream> tcp_listener::accept(const std::stop_token& stop) {
  const int stop_write = stop_write_.get();
  const std::stop_callback wake(stop, [stop_write] {
    // One byte makes the pipe readable for good; if it is full, it is readable already.
    [[maybe_unused]] const auto written = ::write(stop_write, "x", 1);
  });
  while (!stop.stop_requested()) {
    const int client = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) return tcp_stream(unique_fd(client));
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wait_for_client_or_stop();
    } else if (means_out_of_resources(errno)) {
      pause();
    } else if (errno != EINTR && !concerns_one_client(errno)) {
      throw_errno("cannot accept a connection");
    }
  }
  return std::nullopt;
}

void tcp_listener::wait_for_client_or_stop() const {
  std::array<pollfd, 2> events{pollfd{socket_.get(), POLLIN, 0},
                               pollfd{stop_read_.get(), POLLIN, 0}};
  if (retry_on_eintr([&] { return ::poll(events.data(), events.size(), -1); }) < 0) {
    throw_errno("cannot wait for a connection");
  }
  // Takes the byte of a stop back out, so that a later accept() with another token can wait again.
  std::array<char, 64> bytes;
  [[maybe_unused]] const auto taken = ::read(stop_read_.get(), bytes.data(), bytes.size());
}

// The client stays in the queue, so accept would fail again at once: without a pause this is a busy
// loop that takes a whole core until somebody closes a descriptor.
void tcp_listener::pause() const {
  constexpr int milliseconds = 10;
  pollfd stopped{stop_read_.get(), POLLIN, 0};
  [[maybe_unused]] const int result = ::poll(&stopped, 1, milliseconds);
}

}  // namespace workbook
