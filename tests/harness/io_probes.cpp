#include "harness/io_probes.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <limits>
#include <utility>

#include "harness/memory_balance.hpp"
#include "harness/story.hpp"

namespace workbook::harness {
namespace {

/// What the probes want of one function. Threads of the code under test read it, the test writes
/// it.
struct probed_call {
  std::atomic<std::uint64_t> made = 0;
  std::atomic<std::uint64_t> most = std::numeric_limits<std::uint64_t>::max();
  std::string reason;  ///< set before `most`
  std::atomic<int> failures_left = 0;
  std::atomic<int> error = 0;
  std::atomic<const std::function<void()>*> hook = nullptr;
  std::atomic<std::size_t> cap = std::numeric_limits<std::size_t>::max();

  /// Counts a call. @returns whether it has to fail; errno is set then.
  [[nodiscard]] bool must_fail();

  void run_hook() const;

  /// @returns how many of `bytes` the call may move.
  [[nodiscard]] std::size_t allowed(std::size_t bytes) const;
};

std::array<probed_call, static_cast<std::size_t>(io_call::poll) + 1> states;
std::atomic<std::uint64_t> bytes_received = 0;
std::atomic<std::uint64_t> timed_polls = 0;
std::atomic<std::uint64_t> closed_nothing = 0;
std::atomic<std::uint64_t> closed_unread = 0;
std::atomic<std::int64_t> receiving_takes = 0;
std::atomic<std::int64_t> steady_clock_offset = 0;
thread_local int unprobed_depth = 0;

probed_call& state_of(io_call call) { return states[static_cast<std::size_t>(call)]; }

}  // namespace

bool io_probes_available() { return WORKBOOK_INTERPOSE != 0; }

failing_calls::failing_calls(io_call call, int error, int times) : call_(call) {
  state_of(call).error = error;
  state_of(call).failures_left = times;
}

failing_calls::~failing_calls() { state_of(call_).failures_left = 0; }

int failing_calls::left() const { return state_of(call_).failures_left; }

capped_calls::capped_calls(io_call call, std::size_t bytes) : call_(call) {
  state_of(call).cap = bytes;
}

capped_calls::~capped_calls() { state_of(call_).cap = std::numeric_limits<std::size_t>::max(); }

std::int64_t clock_offset() { return steady_clock_offset; }

slow_receiving::slow_receiving(std::chrono::nanoseconds time) { receiving_takes = time.count(); }

slow_receiving::~slow_receiving() {
  receiving_takes = 0;
  steady_clock_offset = 0;
}

limited_calls::limited_calls(io_call call, std::uint64_t most, const std::string& reason)
    : call_(call) {
  probed_call& state = state_of(call);
  const memory_balance::not_counted kept;  // the reason stays: a thread may be about to say it
  state.reason = reason;
  state.most = state.made + most;
}

limited_calls::~limited_calls() {
  state_of(call_).most = std::numeric_limits<std::uint64_t>::max();
}

hooked_calls::hooked_calls(io_call call, std::function<void()> hook)
    : call_(call), hook_(std::move(hook)) {
  state_of(call_).hook = &hook_;
}

hooked_calls::~hooked_calls() { state_of(call_).hook = nullptr; }

std::uint64_t calls_made(io_call call) { return state_of(call).made; }

std::uint64_t timed_polls_made() { return timed_polls; }

std::uint64_t closes_of_nothing() { return closed_nothing; }

std::uint64_t closes_with_unread_bytes() { return closed_unread; }

void wait_until_received(std::uint64_t bytes) {
  for (auto seen = bytes_received.load(); seen < bytes; seen = bytes_received.load()) {
    bytes_received.wait(seen);
  }
}

unprobed_calls::unprobed_calls() { ++unprobed_depth; }
unprobed_calls::~unprobed_calls() { --unprobed_depth; }

}  // namespace workbook::harness

#if WORKBOOK_INTERPOSE

#include <dlfcn.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// The functions of the C library that the probes stand in front of. The dynamic linker looks for a
// symbol in the program first, so calls from the code under test, from libstdc++ and from the
// sanitizers' runtimes end here. Source: ld.so(8), dlsym(3) (RTLD_NEXT).

namespace workbook::harness {
namespace {

bool calls_are_probed() { return unprobed_depth == 0; }

bool probed_call::must_fail() {
  if (!calls_are_probed()) return false;
  const std::uint64_t number = ++made;
  if (number > most) fail_now(reason);
  int left = failures_left;
  while (left > 0 && !failures_left.compare_exchange_weak(left, left - 1)) {
  }
  if (left <= 0) return false;
  errno = error;
  return true;
}

void probed_call::run_hook() const {
  const std::function<void()>* const function = hook;
  if (function != nullptr && calls_are_probed()) (*function)();
}

std::size_t probed_call::allowed(std::size_t bytes) const {
  return calls_are_probed() ? std::min(bytes, cap.load()) : bytes;
}

void note_received(std::size_t bytes) {
  if (!calls_are_probed()) return;
  steady_clock_offset += receiving_takes;
  bytes_received += bytes;
  bytes_received.notify_all();
}

void note_timed_poll() {
  if (calls_are_probed()) ++timed_polls;
}

void note_close_of_nothing() {
  if (calls_are_probed()) ++closed_nothing;
}

void note_close_with_unread_bytes() {
  if (calls_are_probed()) ++closed_unread;
}

/// @returns the next definition of the function `name`: that of a sanitizer, or the C library's.
template <class Function>
Function* next_definition(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool is_socket_with_unread_bytes(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  int unread = 0;
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
         ::ioctl(fd, FIONREAD, &unread) == 0 && unread > 0;
}

}  // namespace
}  // namespace workbook::harness

using namespace workbook::harness;

extern "C" {

int socket(int domain, int type, int protocol) noexcept {
  static auto* const next = next_definition<decltype(::socket)>("socket");
  if (state_of(io_call::socket).must_fail()) return -1;
  return next(domain, type, protocol);
}

int connect(int socket, const sockaddr* address, socklen_t length) {
  static auto* const next = next_definition<decltype(::connect)>("connect");
  if (state_of(io_call::connect).must_fail()) return -1;
  return next(socket, address, length);
}

int accept4(int socket, sockaddr* address, socklen_t* length, int flags) {
  static auto* const next = next_definition<decltype(::accept4)>("accept4");
  if (state_of(io_call::accept).must_fail()) return -1;
  return next(socket, address, length, flags);
}

ssize_t recv(int socket, void* buffer, size_t length, int flags) {
  static auto* const next = next_definition<decltype(::recv)>("recv");
  if (state_of(io_call::recv).must_fail()) return -1;
  const ssize_t count = next(socket, buffer, state_of(io_call::recv).allowed(length), flags);
  if (count > 0) {
    note_received(static_cast<size_t>(count));
    state_of(io_call::recv).run_hook();
  }
  return count;
}

ssize_t send(int socket, const void* buffer, size_t length, int flags) {
  static auto* const next = next_definition<decltype(::send)>("send");
  if (state_of(io_call::send).must_fail()) return -1;
  state_of(io_call::send).run_hook();
  return next(socket, buffer, state_of(io_call::send).allowed(length), flags);
}

int close(int fd) {
  static auto* const next = next_definition<decltype(::close)>("close");
  if (state_of(io_call::close).must_fail()) return -1;
  if (is_socket_with_unread_bytes(fd)) note_close_with_unread_bytes();
  const int result = next(fd);
  if (result < 0 && errno == EBADF) note_close_of_nothing();
  return result;
}

int poll(pollfd* fds, nfds_t count, int timeout) {
  static auto* const next = next_definition<decltype(::poll)>("poll");
  if (timeout > 0) note_timed_poll();
  if (state_of(io_call::poll).must_fail()) return -1;
  return next(fds, count, timeout);
}

}  // extern "C"

#endif
