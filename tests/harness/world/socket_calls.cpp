// Sockets that listen, and whom they bring. A world has them among its own kind (AF_UNIX): nobody
// else can connect.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "harness/world/program_calls.hpp"

namespace workbook::harness::exploration {
namespace {

using kind = descriptor::kind;

std::uint16_t port_of(const live_client& client) {
  return static_cast<std::uint16_t>(first_port + 1000 + client.number());
}

void write_address(std::uint16_t port, sockaddr* address, socklen_t* length) {
  if (address == nullptr) return;
  sockaddr_in loopback{};
  loopback.sin_family = AF_INET;
  loopback.sin_port = htons(port);
  loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::memcpy(address, &loopback, std::min<std::size_t>(*length, sizeof loopback));
  *length = sizeof loopback;
}

/// `client` has a connection with the program, whose end is `socket`.
void join(live_client& client, int socket) {
  const int least = 1;  // the kernel makes it 4608
  if (client.keeps_small_buffer()) {
    kernel().setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
  }
  client.program_has_accepted(socket);
}

}  // namespace

int program_calls::connection(std::string_view name) {
  live_client& client = around_.client(name);
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::runtime_error("no socketpair for a client");
  }
  client.take_over(unique_fd(ends[1]));
  join(client, ends[0]);
  return add(ends[0], {kind::stream, &client});
}

int program_calls::socket(int domain, int type, int protocol) {
  if (domain != AF_INET && domain != AF_INET6) return system_calls::socket(domain, type, protocol);
  return add(system_calls::socket(AF_UNIX, type, 0), {kind::stream});
}

int program_calls::bind(int socket, const sockaddr* address, socklen_t length) {
  descriptor* const it = open_.find(socket, kind::stream);
  if (it == nullptr) return system_calls::bind(socket, address, length);
  // Without a name of its own the socket gets one that nobody has. Source: unix(7), autobind.
  sockaddr_un any{};
  any.sun_family = AF_UNIX;
  const auto* const name = reinterpret_cast<const sockaddr*>(&any);
  if (system_calls::bind(socket, name, sizeof any.sun_family) != 0) return -1;
  it->address_length = sizeof it->address;
  system_calls::getsockname(socket, reinterpret_cast<sockaddr*>(&it->address), &it->address_length);
  const auto wanted = ntohs(reinterpret_cast<const sockaddr_in*>(address)->sin_port);
  it->port = wanted != 0 ? wanted : static_cast<std::uint16_t>(first_port + ports_given_++);
  return 0;
}

int program_calls::listen(int socket, int backlog) {
  descriptor* const it = open_.find(socket, kind::stream);
  const int result = system_calls::listen(socket, backlog);
  if (it == nullptr || result != 0) return result;
  it->what = kind::listener;
  around_.listens();
  report_.tell(program_column, [] { return "listens"; });
  return 0;
}

int program_calls::connect(int socket, const sockaddr* address, socklen_t length) {
  if (open_.find(socket, kind::stream) == nullptr) {
    return system_calls::connect(socket, address, length);
  }
  report_.fail(explore_verdict::no_verdict, "the program calls connect: a world has no servers");
}

int program_calls::accept(int socket, sockaddr* address, socklen_t* length, int flags) {
  descriptor* const it = open_.find(socket, kind::listener);
  if (it == nullptr) return system_calls::accept(socket, address, length, flags);
  choices_.interrupt();
  const bool client_there = is_ready(socket, POLLIN);
  if (!client_there && !never_blocks(socket)) fail_blocked("accept", open_.name_of(socket));
  if (choices_.surprise(client_there && never_blocks(socket) ? 2 : 1) == 1) {
    open_.expect_event(socket, EPOLLIN);
    return static_cast<int>(result_of(fail_for_now(), "accept", socket));
  }
  const int fd = system_calls::accept(socket, nullptr, nullptr, flags);
  if (fd < 0) return static_cast<int>(result_of(fd, "accept", socket));
  live_client& client = *it->queue.front();
  it->queue.pop_front();
  add(fd, {kind::stream, &client});
  observe(static_cast<std::uint64_t>(client.number()));
  join(client, fd);
  write_address(port_of(client), address, length);
  report_.tell(program_column, [&] { return "accept: " + client.name(); });
  return fd;
}

int program_calls::getsockname(int socket, sockaddr* address, socklen_t* length) {
  const descriptor* const it = open_.find(socket);
  if (it == nullptr) return system_calls::getsockname(socket, address, length);
  write_address(it->port, address, length);
  return 0;
}

int program_calls::getpeername(int socket, sockaddr* address, socklen_t* length) {
  const descriptor* const it = open_.find(socket, kind::stream);
  if (it == nullptr || it->client == nullptr) {
    return system_calls::getpeername(socket, address, length);
  }
  write_address(port_of(*it->client), address, length);
  return 0;
}

int program_calls::setsockopt(int socket, int level, int name, const void* value,
                              socklen_t length) {
  // A stream between processes has no options of TCP, and shares no port.
  const bool only_of_tcp = level == IPPROTO_TCP || (level == SOL_SOCKET && name == SO_REUSEPORT);
  if (open_.find(socket) != nullptr && only_of_tcp) return 0;
  return system_calls::setsockopt(socket, level, name, value, length);
}

}  // namespace workbook::harness::exploration

#endif
