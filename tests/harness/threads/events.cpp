// Loops among explored threads: what epoll_wait and the calls that end its wait do under a schedule.
// The kernel keeps the descriptors and says what is ready; that a thread waits is the scheduler's
// business. Threads that are not explored get the kernel's answers.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fcntl.h>

#include <climits>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {
namespace {

// One object for everything that an epoll may wait for: whoever sleeps on it looks again.
const char any_event = 0;

bool is_readable(int fd) {
  pollfd now{fd, POLLIN, 0};
  return kernel().poll(&now, 1, 0) != 0;
}

}  // namespace

int scheduler::wait_for_event(const std::function<int()>& look, std::int64_t deadline) {
  step(operation::atomic_wait);
  for (bool timed_out = false;;) {
    const int found = look();
    if (found != 0 || timed_out) {
      acquires(&any_event);
      return found;
    }
    note_look(&any_event);
    timed_out = !sleep_on(&any_event, object_kind::events, deadline);
  }
}

void scheduler::cause_event(const std::function<void()>& act) {
  step(operation::atomic_notify);
  releases(&any_event);
  act();
  wake_waiters(object(&any_event, object_kind::events), run_state::waits_atomic, INT_MAX,
               operation::atomic_notify);
}

scheduler_entry explored_calls::explorer() const {
  return has_events_ ? scheduler::mine() : scheduler_entry(nullptr);
}

int explored_calls::epoll_create(int flags) {
  has_events_ = true;
  return system_calls::epoll_create(flags);
}

int explored_calls::eventfd(unsigned value, int flags) {
  has_events_ = true;
  return system_calls::eventfd(value, flags);
}

int explored_calls::epoll_wait(int epoll, epoll_event* events, int count, int timeout) {
  const auto look = [&] { return system_calls::epoll_wait(epoll, events, count, 0); };
  const auto explorer = this->explorer();
  if (!explorer) return system_calls::epoll_wait(epoll, events, count, timeout);
  constexpr std::int64_t millisecond = 1'000'000;
  const std::int64_t deadline =
      timeout < 0 ? no_deadline : explorer->look_at_clock() + timeout * millisecond;
  return explorer->wait_for_event(look, deadline);
}

ssize_t explored_calls::read(int fd, void* buffer, std::size_t length) {
  const auto explorer = this->explorer();
  if (explorer && (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0) {
    explorer->wait_for_event([&] { return is_readable(fd) ? 1 : 0; }, no_deadline);
  }
  return system_calls::read(fd, buffer, length);
}

ssize_t explored_calls::write(int fd, const void* buffer, std::size_t length) {
  const auto explorer = this->explorer();
  if (!explorer) return system_calls::write(fd, buffer, length);
  ssize_t result = 0;
  explorer->cause_event([&] { result = system_calls::write(fd, buffer, length); });
  return result;
}

ssize_t explored_calls::send(int socket, const msghdr& message, int flags) {
  const auto explorer = this->explorer();
  if (!explorer) return system_calls::send(socket, message, flags);
  ssize_t result = 0;
  explorer->cause_event([&] { result = system_calls::send(socket, message, flags); });
  return result;
}

int explored_calls::shutdown(int socket, int how) {
  const auto explorer = this->explorer();
  if (!explorer) return system_calls::shutdown(socket, how);
  int result = 0;
  explorer->cause_event([&] { result = system_calls::shutdown(socket, how); });
  return result;
}

int explored_calls::close(int fd) {
  const auto explorer = this->explorer();
  if (!explorer) return system_calls::close(fd);
  int result = 0;
  explorer->cause_event([&] { result = system_calls::close(fd); });
  return result;
}

int explored_calls::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  const auto explorer = this->explorer();
  if (!explorer) return system_calls::epoll_ctl(epoll, operation, fd, event);
  int result = 0;
  explorer->cause_event([&] { result = system_calls::epoll_ctl(epoll, operation, fd, event); });
  return result;
}

int explored_calls::timerfd_create(clockid_t clock, int flags) {
  if (const auto explorer = scheduler::mine()) explorer->cannot_explore("timerfd_create");
  return system_calls::timerfd_create(clock, flags);
}

}  // namespace workbook::harness::exploration

#endif
