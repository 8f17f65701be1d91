#include "harness/io_probes.hpp"

#include <array>
#include <atomic>
#include <limits>
#include <utility>

#include "harness/io_probe_state.hpp"
#include "harness/story.hpp"

namespace workbook::harness {
namespace {

std::array<probed_call, static_cast<std::size_t>(io_call::poll) + 1> states;
std::atomic<std::uint64_t> bytes_received = 0;
std::atomic<std::uint64_t> timed_polls = 0;
std::atomic<std::uint64_t> closed_nothing = 0;
std::atomic<std::uint64_t> closed_unread = 0;
std::atomic<std::int64_t> receiving_takes = 0;
std::atomic<std::int64_t> steady_clock_offset = 0;
thread_local int unprobed_depth = 0;

}  // namespace

probed_call& state_of(io_call call) { return states[static_cast<std::size_t>(call)]; }

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
