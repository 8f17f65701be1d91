// Bytes on their way between the program and its clients, and the ends of connections.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

#include "harness/world/program_calls.hpp"

namespace workbook::harness::exploration {
namespace {

using kind = descriptor::kind;

std::size_t unread_in(int fd) {
  int unread = 0;
  return ::ioctl(fd, FIONREAD, &unread) == 0 ? static_cast<std::size_t>(unread) : 0;
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

// What may happen in a call that could move so many bytes: all of them, EAGAIN, only the first.
std::size_t ways_to_move(std::size_t bytes) { return bytes == 0 ? 1 : bytes == 1 ? 2 : 3; }
constexpr std::size_t not_now = 1;
constexpr std::size_t one_byte = 2;

}  // namespace

ssize_t program_calls::receive(int socket, msghdr& message, int flags) {
  if (open_.find(socket, kind::stream) == nullptr) {
    return system_calls::receive(socket, message, flags);
  }
  choices_.interrupt();
  const bool may_block = (flags & MSG_DONTWAIT) == 0 && !never_blocks(socket);
  const bool always_ordinary = may_block || (flags & MSG_PEEK) != 0;
  const std::size_t most = std::min(unread_in(socket), length_of(message));
  const std::size_t happens = choices_.surprise(ways_to_move(always_ordinary ? 0 : most));
  // What it does not get now is as good as not there yet: it comes with an event of its own.
  if (happens != 0) open_.expect_event(socket, EPOLLIN);
  if (happens == not_now) return result_of(fail_for_now(), "recv", socket);
  if (happens == one_byte) keep_one_byte(message);
  const ssize_t count = system_calls::receive(socket, message, flags | MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN && may_block) fail_blocked("recv", open_.name_of(socket));
  observe_received(message, count);
  return result_of(count, "recv", socket);
}

void program_calls::observe_received(const msghdr& message, ssize_t count) {
  std::size_t left = count > 0 ? static_cast<std::size_t>(count) : 0;
  for (std::size_t i = 0; left > 0; ++i) {
    const std::size_t part = std::min(left, message.msg_iov[i].iov_len);
    observe(message.msg_iov[i].iov_base, part);
    left -= part;
  }
}

ssize_t program_calls::send(int socket, const msghdr& message, int flags) {
  const descriptor* const it = open_.find(socket, kind::stream);
  if (it == nullptr) return system_calls::send(socket, message, flags);
  choices_.interrupt();
  const bool may_block = (flags & MSG_DONTWAIT) == 0 && !never_blocks(socket);
  const std::size_t length = length_of(message);
  const bool has_room = is_ready(socket, POLLOUT) && !is_ready(socket, 0);  // and no error
  const std::size_t happens = choices_.surprise(
      ways_to_move(has_room && !may_block ? std::max<std::size_t>(length, 1) : 0));
  if (happens != 0) open_.wants_room(socket);
  if (happens == not_now) return result_of(fail_for_now(), "send", socket);
  msghdr part = message;
  if (happens == one_byte) keep_one_byte(part);
  const ssize_t count = system_calls::send(socket, part, flags | MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN && may_block) fail_blocked("send", open_.name_of(socket));
  if (it->client != nullptr) it->client->program_has_moved();
  const bool short_of_room = count < 0 ? errno == EAGAIN : static_cast<std::size_t>(count) < length;
  if (short_of_room) open_.wants_room(socket);
  return result_of(count, "send", socket);
}

int program_calls::shutdown(int socket, int how) {
  const descriptor* const it = open_.find(socket, kind::stream);
  if (it == nullptr) return system_calls::shutdown(socket, how);
  choices_.interrupt();
  const int result = system_calls::shutdown(socket, how);
  changed(result);
  report_.tell(program_column, [&] { return "shutdown " + open_.name_of(socket); });
  if (it->client != nullptr) it->client->program_has_moved();
  return result;
}

int program_calls::close(int fd) {
  if (open_.find(fd) == nullptr) {
    const int result = system_calls::close(fd);
    if (result < 0 && errno == EBADF) {
      report_.tell(program_column, [&] { return fmt::format("close {}: EBADF", fd); });
      report_.fail(explore_verdict::misuse,
                   fmt::format("the program closes descriptor {}, which is not open", fd));
    }
    return result;
  }
  choices_.interrupt();
  report_.tell(program_column, [&] { return "close " + open_.name_of(fd); });
  const descriptor closed = open_.remove(fd);
  const int result = system_calls::close(fd);
  if (closed.client != nullptr) closed.client->program_has_closed();
  for (live_client* const queued : closed.queue) queued->program_has_moved();  // they are reset
  changed(result);
  return result;
}

}  // namespace workbook::harness::exploration

#endif
