// What a loop waits with: epoll, eventfd, timerfd, and the clock.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <cstring>

#include "harness/world/program_calls.hpp"

namespace workbook::harness::exploration {
namespace {

using kind = descriptor::kind;

std::string names_of(std::uint32_t events) {
  constexpr std::pair<std::uint32_t, std::string_view> names[] = {{EPOLLIN, " IN"},
                                                                  {EPOLLOUT, " OUT"},
                                                                  {EPOLLRDHUP, " RDHUP"},
                                                                  {EPOLLHUP, " HUP"},
                                                                  {EPOLLERR, " ERR"}};
  std::string text;
  for (const auto& [bit, name] : names) {
    if ((events & bit) != 0) text += name;
  }
  return text;
}

}  // namespace

int program_calls::epoll_create(int flags) {
  return add(system_calls::epoll_create(flags), {kind::epoll});
}

int program_calls::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  descriptor* const it = open_.find(epoll, kind::epoll);
  if (it == nullptr) return system_calls::epoll_ctl(epoll, operation, fd, event);
  choices_.interrupt();
  const int result = it->interests.control(epoll, operation, fd, event);
  const int error = errno;
  changed(result);
  report_.tell(program_column, [&] {
    const std::string_view what = operation == EPOLL_CTL_ADD   ? "watches"
                                  : operation == EPOLL_CTL_MOD ? "watches, changed:"
                                                               : "watches no more";
    const std::string failed = result == 0 ? "" : fmt::format(": {}", strerrorname_np(error));
    return fmt::format("{} {}{}", what, open_.name_of(fd), failed);
  });
  errno = error;
  return result;
}

int program_calls::epoll_wait(int epoll, epoll_event* events, int count, int timeout) {
  descriptor* const it = open_.find(epoll, kind::epoll);
  if (it == nullptr || count <= 0) return system_calls::epoll_wait(epoll, events, count, timeout);
  watch_.called();
  constexpr std::int64_t millisecond = 1'000'000;
  const std::int64_t deadline = timeout < 0 ? no_deadline : around_.now() + timeout * millisecond;
  const auto told =
      choices_.wait(it->interests, epoll, static_cast<std::size_t>(count), deadline, seen_);
  if (told.empty()) {
    observe(0);
    report_.tell(program_column, [] { return "epoll_wait: nothing"; });
    return 0;
  }
  watch_.told_of(open_.name_of(told.front()));
  for (std::size_t i = 0; i < told.size(); ++i) {
    events[i] = it->interests.take(told[i]);
    observe(memory::mix(static_cast<std::uint64_t>(told[i]), events[i].events));
  }
  report_.tell(program_column, [&] {
    std::string text = "epoll_wait:";
    for (std::size_t i = 0; i < told.size(); ++i) {
      const std::string_view comma = i > 0 ? "," : "";
      text += fmt::format("{} {}{}", comma, open_.name_of(told[i]), names_of(events[i].events));
    }
    return text;
  });
  return static_cast<int>(told.size());
}

int program_calls::poll(pollfd* fds, nfds_t count, int timeout) {
  const int result = system_calls::poll(fds, count, 0);
  if (result == 0 && timeout != 0) fail_blocked("poll", "something");
  watch_.called();
  observe(static_cast<std::uint64_t>(result));
  for (nfds_t i = 0; i < count; ++i) observe(static_cast<std::uint64_t>(fds[i].revents));
  return result;
}

int program_calls::eventfd(unsigned value, int flags) {
  return add(system_calls::eventfd(value, flags), {kind::event});
}

ssize_t program_calls::read(int fd, void* buffer, std::size_t length) {
  const descriptor* const it = open_.find(fd);
  if (it == nullptr || (it->what != kind::event && it->what != kind::timer)) {
    return system_calls::read(fd, buffer, length);
  }
  if (!is_ready(fd, POLLIN) && !never_blocks(fd)) fail_blocked("read", open_.name_of(fd));
  const ssize_t count = system_calls::read(fd, buffer, length);
  if (count > 0) observe(buffer, static_cast<std::size_t>(count));
  return result_of(count, "read", fd);
}

ssize_t program_calls::write(int fd, const void* buffer, std::size_t length) {
  const ssize_t count = system_calls::write(fd, buffer, length);
  return open_.find(fd, kind::event) == nullptr ? count : result_of(count, "write", fd);
}

int program_calls::timerfd_create(clockid_t /*clock*/, int flags) {
  const int same_flags = ((flags & TFD_NONBLOCK) != 0 ? EFD_NONBLOCK : 0) |
                         ((flags & TFD_CLOEXEC) != 0 ? EFD_CLOEXEC : 0);
  return add(system_calls::eventfd(0, same_flags), {kind::timer});
}

int program_calls::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* before) {
  descriptor* const it = open_.find(fd, kind::timer);
  if (it == nullptr) return system_calls::timerfd_settime(fd, flags, value, before);
  const std::int64_t now = around_.now();
  watch_.called();
  watch_.moved();
  if (before != nullptr) {
    before->it_interval = to_timespec(it->interval);
    before->it_value = to_timespec(it->due == no_deadline ? 0 : it->due - now);
  }
  std::uint64_t passed = 0;
  if (is_ready(fd, POLLIN)) system_calls::read(fd, &passed, sizeof passed);
  const std::int64_t time = to_nanoseconds(value->it_value);
  const bool absolute = (flags & TFD_TIMER_ABSTIME) != 0;
  const std::int64_t start = to_nanoseconds(shared_.monotonic_start);
  it->interval = to_nanoseconds(value->it_interval);
  it->due = time == 0 ? no_deadline : absolute ? time - start : now + time;
  report_.tell(program_column, [&] { return time == 0 ? "disarms a timerfd" : "arms a timerfd"; });
  open_.fire_due(now);
  return 0;
}

int program_calls::clock_gettime(clockid_t clock, timespec* time) {
  const bool real = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  const bool monotonic = clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE ||
                         clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_BOOTTIME;
  if (!real && !monotonic) return system_calls::clock_gettime(clock, time);
  const timespec& start = real ? shared_.realtime_start : shared_.monotonic_start;
  observe(static_cast<std::uint64_t>(around_.now()));
  *time = to_timespec(to_nanoseconds(start) + around_.now());
  return 0;
}

}  // namespace workbook::harness::exploration

#endif
