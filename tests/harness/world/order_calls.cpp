// What the program's calls do in a world. See order.hpp.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "harness/world/order.hpp"

namespace workbook::harness::exploration {
namespace {

using kind = descriptor::kind;

constexpr std::uint16_t first_port = 50'000;

bool never_blocks(int fd) { return (::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0; }

std::size_t unread_in(int fd) {
  int unread = 0;
  return ::ioctl(fd, FIONREAD, &unread) == 0 ? static_cast<std::size_t>(unread) : 0;
}

bool is_ready(int fd, short events) {
  pollfd now{fd, events, 0};
  return kernel().poll(&now, 1, 0) > 0;
}

std::size_t length_of(const msghdr& message) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < message.msg_iovlen; ++i) length += message.msg_iov[i].iov_len;
  return length;
}

/// Only the first byte of what `message` has room for, or brings.
void keep_one_byte(msghdr& message) {
  while (message.msg_iov->iov_len == 0) {
    ++message.msg_iov;
    --message.msg_iovlen;
  }
  message.msg_iov->iov_len = 1;
  message.msg_iovlen = 1;
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

std::string bytes_in_words(ssize_t count) {
  return fmt::format("{} byte{}", count, count == 1 ? "" : "s");
}

int again() {
  errno = EAGAIN;
  return -1;
}

}  // namespace

void order::count_call(bool progress) {
  shared_.progress.fetch_add(1, std::memory_order_relaxed);
  if (progress) waits_in_vain_ = times_in_vain_ = 0;
  if (++calls_ <= most_calls_) return;
  fail(explore_verdict::livelock, fmt::format("livelock: {} calls and no end", most_calls_));
}

void order::observe(const void* bytes, std::size_t count) {
  const auto* const text = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < count; ++i) observe(text[i]);
}

/// Tells of a call that has moved bytes, or has not.
ssize_t order::result_of(ssize_t result, std::string_view call, const std::string& on) {
  const int error = errno;
  count_call(result > 0);
  observe(static_cast<std::uint64_t>(result));
  if (result < 0) observe(static_cast<std::uint64_t>(error));
  if (told_ != nullptr) {
    const std::string what = result < 0    ? strerrorname_np(error)
                             : result == 0 ? "the end"
                                           : bytes_in_words(result);
    tell(program_column, fmt::format("{} {}: {}", call, on, what));
  }
  errno = error;
  return result;
}

descriptor* order::find(int fd, descriptor::kind what) {
  const auto found = open_.find(fd);
  return found != open_.end() && found->second.what == what ? &found->second : nullptr;
}

int order::add(int fd, descriptor it) {
  if (fd < 0) return fd;
  count_call(true);
  observe(static_cast<std::uint64_t>(fd));
  open_[fd] = std::move(it);
  return fd;
}

std::string order::name_of(int fd) const {
  const auto found = open_.find(fd);
  if (found == open_.end()) return fmt::format("descriptor {}", fd);
  const descriptor& it = found->second;
  switch (it.what) {
    case kind::stream:
      return it.client == nobody ? "a socket" : clients_[static_cast<std::size_t>(it.client)].name();
    case kind::listener: return "the listening socket";
    case kind::epoll: return "the epoll";
    case kind::event: return "an eventfd";
    case kind::timer: return "a timerfd";
  }
  return "";
}

void order::fail_blocked(std::string_view call, const std::string& on) {
  tell(program_column, fmt::format("{} {} waits", call, on));
  fail(explore_verdict::blocked,
       fmt::format("the program waits in {} for {}: nothing else can happen until then", call, on));
}

void order::expect_event(int fd, std::uint32_t events) {
  for (auto& [number, it] : open_) it.interests.expect(fd, events);
}

int order::connection(std::string_view name) {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (clients_[i].name() != name) continue;
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw std::runtime_error("no socketpair for a client");
    }
    clients_[i].take_over(unique_fd(ends[1]));
    clients_[i].program_fd = ends[0];
    return add(ends[0], {kind::stream, static_cast<int>(i)});
  }
  throw std::invalid_argument("this world has no client " + std::string(name));
}

// Sockets that listen.

int order::socket(int domain, int type, int protocol) {
  if (domain != AF_INET && domain != AF_INET6) return system_calls::socket(domain, type, protocol);
  return add(system_calls::socket(AF_UNIX, type, 0), {kind::stream});
}

int order::bind(int socket, const sockaddr* address, socklen_t length) {
  descriptor* const it = find(socket, kind::stream);
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

int order::listen(int socket, int backlog) {
  descriptor* const it = find(socket, kind::stream);
  const int result = system_calls::listen(socket, backlog);
  if (it == nullptr || result != 0) return result;
  it->what = kind::listener;
  listened_ = true;
  tell(program_column, "listens");
  return 0;
}

int order::connect(int socket, const sockaddr* address, socklen_t length) {
  if (find(socket, kind::stream) == nullptr) return system_calls::connect(socket, address, length);
  fail(explore_verdict::no_verdict, "the program calls connect: a world has no servers");
}

int order::accept(int socket, sockaddr* address, socklen_t* length, int flags) {
  descriptor* const it = find(socket, kind::listener);
  if (it == nullptr) return system_calls::accept(socket, address, length, flags);
  interrupt();
  const std::string on = "the listening socket";
  const bool client_there = is_ready(socket, POLLIN);
  if (!client_there && !never_blocks(socket)) fail_blocked("accept", on);
  if (surprise(client_there && never_blocks(socket) ? 2 : 1) == 1) {
    expect_event(socket, EPOLLIN);
    return static_cast<int>(result_of(again(), "accept", on));
  }
  const int fd = system_calls::accept(socket, nullptr, nullptr, flags);
  if (fd < 0) return static_cast<int>(result_of(fd, "accept", on));
  const int client = it->queue.front();
  it->queue.pop_front();
  add(fd, {kind::stream, client});
  observe(static_cast<std::uint64_t>(client));
  live_client& accepted = clients_[static_cast<std::size_t>(client)];
  const int small = 1;  // the kernel makes it 4608
  if (accepted.keeps_small_buffer()) {
    system_calls::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  }
  accepted.program_fd = fd;
  accepted.program_has_accepted();
  write_address(static_cast<std::uint16_t>(first_port + 1000 + client), address, length);
  tell(program_column, "accept: " + accepted.name());
  return fd;
}

int order::getsockname(int socket, sockaddr* address, socklen_t* length) {
  const auto found = open_.find(socket);
  if (found == open_.end()) return system_calls::getsockname(socket, address, length);
  write_address(found->second.port, address, length);
  return 0;
}

int order::getpeername(int socket, sockaddr* address, socklen_t* length) {
  const descriptor* const it = find(socket, kind::stream);
  if (it == nullptr || it->client == nobody) {
    return system_calls::getpeername(socket, address, length);
  }
  write_address(static_cast<std::uint16_t>(first_port + 1000 + it->client), address, length);
  return 0;
}

int order::setsockopt(int socket, int level, int name, const void* value, socklen_t length) {
  // A stream between processes has no options of TCP, and shares no port.
  const bool only_of_tcp = level == IPPROTO_TCP || (level == SOL_SOCKET && name == SO_REUSEPORT);
  if (open_.contains(socket) && only_of_tcp) return 0;
  return system_calls::setsockopt(socket, level, name, value, length);
}

// Streams.

ssize_t order::receive(int socket, msghdr& message, int flags) {
  const descriptor* const it = find(socket, kind::stream);
  if (it == nullptr) return system_calls::receive(socket, message, flags);
  interrupt();
  const std::string on = name_of(socket);
  const bool may_block = (flags & MSG_DONTWAIT) == 0 && !never_blocks(socket);
  const std::size_t most = std::min(unread_in(socket), length_of(message));
  const std::size_t happens = surprise(most == 0 || (flags & MSG_PEEK) != 0 ? 1
                                       : may_block                           ? 1
                                       : most == 1                           ? 2
                                                                             : 3);
  // What it does not get now is as good as not there yet: it comes with an event of its own.
  if (happens > 0) expect_event(socket, EPOLLIN);
  if (happens == 1) return result_of(again(), "recv", on);
  if (happens == 2) keep_one_byte(message);
  const ssize_t count = system_calls::receive(socket, message, flags | MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN && may_block) fail_blocked("recv", on);
  std::size_t left = count > 0 ? static_cast<std::size_t>(count) : 0;
  for (std::size_t i = 0; left > 0; ++i) {
    const std::size_t part = std::min(left, message.msg_iov[i].iov_len);
    observe(message.msg_iov[i].iov_base, part);
    left -= part;
  }
  return result_of(count, "recv", on);
}

ssize_t order::send(int socket, const msghdr& message, int flags) {
  const descriptor* const it = find(socket, kind::stream);
  if (it == nullptr) return system_calls::send(socket, message, flags);
  interrupt();
  const std::string on = name_of(socket);
  const bool may_block = (flags & MSG_DONTWAIT) == 0 && !never_blocks(socket);
  const std::size_t length = length_of(message);
  const bool has_room = is_ready(socket, POLLOUT) && !is_ready(socket, 0);  // and no error
  const std::size_t happens = surprise(!has_room || may_block ? 1 : length <= 1 ? 2 : 3);
  const auto wants_room = [&] {
    for (auto& [number, epoll] : open_) epoll.interests.wants_room(socket);
  };
  if (happens > 0) wants_room();
  if (happens == 1) return result_of(again(), "send", on);
  msghdr part = message;
  if (happens == 2) keep_one_byte(part);
  const ssize_t count = system_calls::send(socket, part, flags | MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN && may_block) fail_blocked("send", on);
  const bool short_of_room = count < 0 ? errno == EAGAIN : static_cast<std::size_t>(count) < length;
  if (short_of_room) wants_room();
  return result_of(count, "send", on);
}

int order::shutdown(int socket, int how) {
  const descriptor* const it = find(socket, kind::stream);
  if (it == nullptr) return system_calls::shutdown(socket, how);
  interrupt();
  const int result = system_calls::shutdown(socket, how);
  count_call(true);
  observe(static_cast<std::uint64_t>(result));
  tell(program_column, "shutdown " + name_of(socket));
  return result;
}

int order::close(int fd) {
  const auto found = open_.find(fd);
  if (found == open_.end()) {
    const int result = system_calls::close(fd);
    if (result < 0 && errno == EBADF) {
      tell(program_column, fmt::format("close {}: EBADF", fd));
      fail(explore_verdict::misuse,
           fmt::format("the program closes descriptor {}, which is not open", fd));
    }
    return result;
  }
  interrupt();
  tell(program_column, "close " + name_of(fd));
  const int client = found->second.what == kind::stream ? found->second.client : nobody;
  open_.erase(fd);
  for (auto& [number, it] : open_) it.interests.forget(fd);
  if (client != nobody) clients_[static_cast<std::size_t>(client)].program_fd = -1;
  count_call(true);
  return system_calls::close(fd);
}

int order::poll(pollfd* fds, nfds_t count, int timeout) {
  const int result = system_calls::poll(fds, count, 0);
  if (result == 0 && timeout != 0) fail_blocked("poll", "something");
  count_call(false);
  observe(static_cast<std::uint64_t>(result));
  for (nfds_t i = 0; i < count; ++i) observe(static_cast<std::uint64_t>(fds[i].revents));
  return result;
}

// The loop's own descriptors.

int order::epoll_create(int flags) { return add(system_calls::epoll_create(flags), {kind::epoll}); }

int order::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  descriptor* const it = find(epoll, kind::epoll);
  if (it == nullptr) return system_calls::epoll_ctl(epoll, operation, fd, event);
  interrupt();
  const int result = it->interests.control(epoll, operation, fd, event);
  const int error = errno;
  count_call(true);
  observe(static_cast<std::uint64_t>(result));
  const std::string_view what = operation == EPOLL_CTL_ADD   ? "watches"
                                : operation == EPOLL_CTL_MOD ? "watches, changed:"
                                                             : "watches no more";
  tell(program_column, fmt::format("{} {}{}", what, name_of(fd),
                                   result == 0 ? "" : fmt::format(": {}", strerrorname_np(error))));
  errno = error;
  return result;
}

int order::eventfd(unsigned value, int flags) {
  return add(system_calls::eventfd(value, flags), {kind::event});
}

ssize_t order::read(int fd, void* buffer, std::size_t length) {
  const bool known = find(fd, kind::event) != nullptr || find(fd, kind::timer) != nullptr;
  if (!known) return system_calls::read(fd, buffer, length);
  if (!is_ready(fd, POLLIN) && !never_blocks(fd)) fail_blocked("read", name_of(fd));
  const ssize_t count = system_calls::read(fd, buffer, length);
  if (count > 0) observe(buffer, static_cast<std::size_t>(count));
  return result_of(count, "read", name_of(fd));
}

ssize_t order::write(int fd, const void* buffer, std::size_t length) {
  if (find(fd, kind::event) == nullptr) return system_calls::write(fd, buffer, length);
  return result_of(system_calls::write(fd, buffer, length), "write", name_of(fd));
}

int order::timerfd_create(clockid_t /*clock*/, int flags) {
  const int same_flags = ((flags & TFD_NONBLOCK) != 0 ? EFD_NONBLOCK : 0) |
                         ((flags & TFD_CLOEXEC) != 0 ? EFD_CLOEXEC : 0);
  return add(system_calls::eventfd(0, same_flags), {kind::timer});
}

int order::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* before) {
  descriptor* const it = find(fd, kind::timer);
  if (it == nullptr) return system_calls::timerfd_settime(fd, flags, value, before);
  count_call(true);
  if (before != nullptr) {
    before->it_interval = to_timespec(it->interval);
    before->it_value = to_timespec(it->due == no_deadline ? 0 : it->due - now_);
  }
  std::uint64_t passed = 0;
  if (is_ready(fd, POLLIN)) system_calls::read(fd, &passed, sizeof passed);
  const std::int64_t time = to_nanoseconds(value->it_value);
  const bool absolute = (flags & TFD_TIMER_ABSTIME) != 0;
  const std::int64_t start = to_nanoseconds(shared_.monotonic_start);
  it->interval = to_nanoseconds(value->it_interval);
  it->due = time == 0 ? no_deadline : absolute ? time - start : now_ + time;
  tell(program_column, time == 0 ? "disarms a timerfd" : "arms a timerfd");
  if (it->due != no_deadline && it->due <= now_) fire(fd, *it);
  return 0;
}

int order::clock_gettime(clockid_t clock, timespec* time) {
  const bool real = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  const bool monotonic = clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE ||
                         clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_BOOTTIME;
  if (!real && !monotonic) return system_calls::clock_gettime(clock, time);
  observe(static_cast<std::uint64_t>(now_));
  *time = to_timespec(to_nanoseconds(real ? shared_.realtime_start : shared_.monotonic_start) + now_);
  return 0;
}

void order::about_to_sleep(const char* function) {
  tell(program_column, fmt::format("{} waits", function));
  fail(explore_verdict::blocked,
       fmt::format("the program sleeps in {}: nothing else can happen until then", function));
}

}  // namespace workbook::harness::exploration

#endif
