#include "harness/threads/standstill.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "harness/hang_report.hpp"
#include "harness/stack_capture.hpp"
#include "harness/transcript.hpp"

namespace workbook::harness::exploration {
namespace {

// Between two steps of a body lie microseconds. A sanitizer that writes its report takes longest.
constexpr std::chrono::milliseconds most_without_a_step(1500);  // of processor time
constexpr int looks_needed = 50;
// A thread that sleeps and looks again, outside of the explorer, wakes up so often.
constexpr std::uint64_t most_switches = 2000;

std::uint64_t switches_in(const std::vector<workbook::thread_state>& states) {
  return std::accumulate(states.begin(), states.end(), std::uint64_t{0},
                         [](auto sum, const auto& state) { return sum + state.context_switches; });
}

/// All threads but the one that runs hold still in the scheduler itself.
bool waits_for_its_turn(const stuck_thread& thread) {
  return thread.frames.empty() || thread.frames.front().path == "tests/harness/threads/baton.hpp";
}

}  // namespace

standstill::standstill(pid_t process, const shared_state& shared)
    : process_(process), shared_(shared) {}

bool standstill::look() {
  const std::uint64_t steps = shared_.progress;
  const auto used = processor_time(process_);
  if (steps != steps_) {
    steps_ = steps;
    used_ = used;
    switches_ = 0;
    states_.clear();
    looks_asleep_ = 0;
    return false;
  }
  if (used - used_ >= most_without_a_step) return true;
  auto states = read_thread_states(process_);
  if (switches_ == 0) switches_ = switches_in(states);
  const bool all_asleep =
      !states.empty() && std::ranges::all_of(states, &workbook::thread_state::asleep);
  looks_asleep_ = all_asleep && states == states_ ? looks_asleep_ + 1 : 0;
  states_ = std::move(states);
  asleep_ = looks_asleep_ >= looks_needed || switches_in(states_) > switches_ + most_switches;
  return asleep_;
}

std::string standstill::describe() const {
  const std::string name = shared_.threads[static_cast<std::size_t>(shared_.running)].name.data();
  const auto states = read_thread_states(process_);
  std::vector<pid_t> ids;
  for (const auto& state : states) ids.push_back(state.thread);
  request_stacks(process_, ids, current_transcript());
  const auto threads = find_stuck_threads(states, current_transcript());
  const auto thread = std::ranges::find_if_not(threads, waits_for_its_turn);
  const bool found = thread != threads.end();
  const std::string place = found ? place_of(thread->frames) : "(place unknown)";
  if (!asleep_) return fmt::format("{} goes round a loop without a step at {}", name, place);
  const bool named = found && !thread->calls.empty();
  return fmt::format("{} waits in {} ({})", name, named ? thread->calls : "the kernel", place);
}

}  // namespace workbook::harness::exploration

#endif
