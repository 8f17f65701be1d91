#include "harness/io_probes.hpp"

#include <limits>
#include <utility>

#include "harness/io_probe_state.hpp"

namespace workbook::harness {

using namespace probed;

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
  call_state& state = state_of(call);
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
