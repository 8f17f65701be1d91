#include "net/tcp_listener.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "net/accept_errors.hpp"
#include "net/address.hpp"
#include "net/system_call.hpp"

namespace workbook {
namespace {

// How many finished handshakes may wait in the kernel until somebody accepts them; it cuts the
// number down to net.core.somaxconn. Rust's std asks for 128, where a burst of 10 000 clients would
// lose its connection attempts. Source: listen(2).
constexpr int backlog = 4096;

void allow(int socket, int option) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, option, &on, sizeof on);
}

unique_fd open_socket(int family) {
  // CLOEXEC: a program that this process starts must not inherit the socket, or the port stays
  // taken for as long as that program runs.
  // NONBLOCK: between poll and accept a client can vanish; accept must not block then.
  return unique_fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

bool listen_on(int socket, const sockaddr* address, socklen_t size) {
  // REUSEADDR: connections that this server closed stay in TIME_WAIT for a minute; without the
  // option, a server that is started again within that minute gets EADDRINUSE. Source: tcp(7).
  allow(socket, SO_REUSEADDR);
  return ::bind(socket, address, size) == 0 && ::listen(socket, backlog) == 0;
}

unique_fd open_listening_socket(const addrinfo& address) {
  unique_fd socket = open_socket(address.ai_family);
  if (socket.get() < 0) return socket;
  if (!listen_on(socket.get(), address.ai_addr, address.ai_addrlen)) return {};
  return socket;
}

unique_fd open_listening_socket(const std::string& host, std::uint16_t port) {
  for (const address_list addresses(host, port); const addrinfo& address : addresses) {
    unique_fd socket = open_listening_socket(address);
    if (socket.get() >= 0) return socket;
  }
  throw_errno("cannot listen on " + host + ":" + std::to_string(port));
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

// What accept says of a socket that listens no more. Source: accept(2).
bool has_ended(int error) { return error == EINVAL; }

}  // namespace

/// What a stop does to the listener, on the thread that requests it. It does not close the socket:
/// accept() may be using it, and the number would be free for another file at once.
class tcp_listener::end_at_stop {
 public:
  end_at_stop(const tcp_listener& listener, const std::stop_token& stop)
      : stop_(stop), callback_(stop, act{listener.socket_.get(), listener.stop_write_.get()}) {}

  [[nodiscard]] bool watches(const std::stop_token& stop) const { return stop == stop_; }

 private:
  struct act {
    int socket;
    int stop_write;
    void operator()() const noexcept {
      ::shutdown(socket, SHUT_RD);  // ends the listening, on Linux at least
      // One byte makes the pipe readable for good.
      [[maybe_unused]] const auto written = ::write(stop_write, "x", 1);
    }
  };
  std::stop_token stop_;
  std::stop_callback<act> callback_;
};

tcp_listener::tcp_listener(const std::string& host, std::uint16_t port)
    : tcp_listener(open_listening_socket(host, port)) {}

tcp_listener::tcp_listener(unique_fd socket)
    : socket_(std::move(socket)), port_(local_port(socket_.get())) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw_errno("cannot open a pipe");
  stop_read_.reset(ends[0]);
  stop_write_.reset(ends[1]);
}

tcp_listener tcp_listener::another() const {
  // Only now: a first listener that shared its port would not notice that somebody has it already.
  allow(socket_.get(), SO_REUSEPORT);
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  auto* const address = reinterpret_cast<sockaddr*>(&name);
  if (::getsockname(socket_.get(), address, &size) != 0) throw_errno("cannot ask for the port");
  unique_fd socket = open_socket(name.ss_family);
  if (socket.get() >= 0) allow(socket.get(), SO_REUSEPORT);
  if (socket.get() < 0 || !listen_on(socket.get(), address, size)) {
    throw_errno("cannot listen a second time on port " + std::to_string(port_));
  }
  return tcp_listener(std::move(socket));
}

tcp_listener::~tcp_listener() = default;
tcp_listener::tcp_listener(tcp_listener&&) noexcept = default;

void tcp_listener::end_at(const std::stop_token& stop) {
  if (end_at_stop_ != nullptr && end_at_stop_->watches(stop)) return;
  end_at_stop_.reset();
  end_at_stop_ = std::make_unique<end_at_stop>(*this, stop);
}

std::optional<tcp_stream> tcp_listener::accept(const std::stop_token& stop) {
  end_at(stop);
  while (!stop.stop_requested()) {
    const int client = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) return tcp_stream(unique_fd(client));
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for_client()) break;
    } else if (means_out_of_resources(errno)) {
      pause();
    } else if (has_ended(errno)) {
      break;
    } else if (errno != EINTR && !concerns_one_client(errno)) {
      throw_errno("cannot accept a connection");
    }
  }
  return std::nullopt;
}

/// @returns whether a client may be there; false after a stop.
bool tcp_listener::wait_for_client() const {
  std::array<pollfd, 2> events{pollfd{socket_.get(), POLLIN, 0},
                               pollfd{stop_read_.get(), POLLIN, 0}};
  if (retry_on_eintr([&] { return ::poll(events.data(), events.size(), -1); }) < 0) {
    throw_errno("cannot wait for a connection");
  }
  return events[1].revents == 0;
}

// The client stays in the queue, so accept would fail again at once: without a pause this is a busy
// loop that takes a whole core until somebody closes a descriptor.
void tcp_listener::pause() const {
  constexpr int milliseconds = 10;
  pollfd stopped{stop_read_.get(), POLLIN, 0};
  [[maybe_unused]] const int result = ::poll(&stopped, 1, milliseconds);
}

}  // namespace workbook
