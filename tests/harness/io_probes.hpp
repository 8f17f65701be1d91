#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace workbook::harness {

// The test program defines the calls of a server's code itself (io_calls.cpp) and passes each on to
// the C library. So unmodified code can be counted, made to fail, or given less than it asked for.
// Only calls of the code under test are probed: the harness's own clients make `unprobed_calls`.

/// What a call does, whatever it is called: `read` of a socket is a recv, `accept4` an accept.
enum class io_call {
  socket,
  connect,
  accept,
  recv,  ///< recv, recvfrom, recvmsg; of a socket also read and readv
  send,  ///< the same of send and write
  read,  ///< read of what is no socket: an eventfd, a timerfd, a pipe
  write,
  close,
  poll,
  epoll_create,
  epoll_ctl,
  epoll_wait,
  eventfd,         ///< its creation
  timerfd_create,  ///< and its setting:
  timerfd_settime,
};

/// @returns whether calls can be probed in this build. Not under ThreadSanitizer, which needs these
/// functions itself, and only with glibc.
[[nodiscard]] bool io_probes_available();

/// While it lives, the next `times` calls fail with `error` (an errno value) and do nothing.
class failing_calls {
 public:
  failing_calls(io_call call, int error, int times = 1);
  ~failing_calls();
  failing_calls(const failing_calls&) = delete;
  failing_calls& operator=(const failing_calls&) = delete;

  /// @returns how many calls are still to fail.
  [[nodiscard]] int left() const;

 private:
  io_call call_;
};

/// While it lives, each recv, send, read or write moves at most `bytes` bytes: what a network may do any time.
class capped_calls {
 public:
  capped_calls(io_call call, std::size_t bytes);
  ~capped_calls();
  capped_calls(const capped_calls&) = delete;
  capped_calls& operator=(const capped_calls&) = delete;

 private:
  io_call call_;
};

/// While it lives, each recv that brings something takes `time` on the steady clock, and none in
/// reality. Not for tests in which somebody waits until a time.
class slow_receiving {
 public:
  explicit slow_receiving(std::chrono::nanoseconds time);
  ~slow_receiving();
  slow_receiving(const slow_receiving&) = delete;
  slow_receiving& operator=(const slow_receiving&) = delete;
};

/// @returns by how many nanoseconds the steady clock is ahead of the real one, because of
/// slow_receiving. For the clock of the test program (threads/giving_way.cpp).
[[nodiscard]] std::int64_t clock_offset();

/// While it lives, more than `most` calls from now on end the test at once with `reason`: the
/// verdict on a loop that would never end.
class limited_calls {
 public:
  limited_calls(io_call call, std::uint64_t most, const std::string& reason);
  ~limited_calls();
  limited_calls(const limited_calls&) = delete;
  limited_calls& operator=(const limited_calls&) = delete;

 private:
  io_call call_;
};

/// While it lives, `hook` runs in each thread of the code under test that makes such a call: after
/// a recv that has brought bytes, before a send. By waiting it holds the thread there. Only for
/// these two calls; the hook must have returned everywhere before the object dies.
class hooked_calls {
 public:
  hooked_calls(io_call call, std::function<void()> hook);
  ~hooked_calls();
  hooked_calls(const hooked_calls&) = delete;
  hooked_calls& operator=(const hooked_calls&) = delete;

 private:
  io_call call_;
  const std::function<void()> hook_;
};

/// @returns how many calls the code under test has made in this process.
[[nodiscard]] std::uint64_t calls_made(io_call call);

/// @returns how many of its calls of poll had a time limit: that is how code pauses. The time limit
/// of epoll_wait does not count: that is how a loop keeps its timers.
[[nodiscard]] std::uint64_t timed_polls_made();

/// @returns how many of its calls of close were for a number that no open descriptor has.
[[nodiscard]] std::uint64_t closes_of_nothing();

/// @returns how many of its calls of close were for a socket with unread bytes: the kernel answers
/// those with a reset. Source: RFC 2525 §2.17, ioctl(2) FIONREAD.
[[nodiscard]] std::uint64_t closes_with_unread_bytes();

/// Blocks until the code under test has received `bytes` bytes in all since the process began.
void wait_until_received(std::uint64_t bytes);

/// While it lives, calls of this thread are not probed.
class unprobed_calls {
 public:
  unprobed_calls();
  ~unprobed_calls();
  unprobed_calls(const unprobed_calls&) = delete;
  unprobed_calls& operator=(const unprobed_calls&) = delete;
};

}  // namespace workbook::harness
