// Loops that wait for another thread: those that look at atomics again and again, those that yield,
// and those that look like work.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <algorithm>
#include <string>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {
namespace {

constexpr int longest_turn = 100;

}  // namespace

/// A thread that looks at the same atomics again and again, and sees nothing new, waits for another
/// one. Its first two looks are steps; then it looks on for a while, since it may be about to
/// sleep, or to give up (std::atomic::wait looks 16 times); then it gives way.
/// @returns whether this look is no step.
bool scheduler::looks_again(const atomic_place& place, std::uintptr_t code) {
  constexpr int steps_in_vain = 2;
  constexpr int most_in_vain = 40;
  looks_in_vain& looks = memory_->looks[static_cast<std::size_t>(running_)];
  const auto newest = memory_->model.peek(object_at(place), 0).origin.place;
  const auto known = std::ranges::find_if(
      looks.seen, [&](const look& it) { return it.place == code && it.address == place.address; });
  if (known == looks.seen.end()) {
    looks.seen.push_back({code, place.address, newest});
    looks.in_a_row = 0;
    return false;
  }
  if (known->news != newest) {
    looks.seen.assign(1, {code, place.address, newest});
    looks.in_a_row = 0;
    me().yields_in_a_row = 0;
    return false;
  }
  if (++looks.in_a_row < steps_in_vain) return false;
  if (looks.in_a_row < most_in_vain) return true;
  looks.in_a_row = 0;
  give_way(operation::look_again, no_deadline);
  return false;
}

/// The thread has done something, or seen something: it does not go round a loop in vain.
void scheduler::forget_looks() {
  memory_->turns_in_vain = 0;
  memory_->looks[static_cast<std::size_t>(running_)] = {};
}

/// std::atomic::wait yields four times before it sleeps, so a yield need not let anybody run.
/// Whether the first few in a row do is one choice; a longer row always does.
void scheduler::yield() {
  constexpr int longest_spin = 8;
  thread_info& it = me();
  if (++it.yields_in_a_row == 1) it.spins = choose(2, 2, operation::yield) == 1;
  if (it.spins && it.yields_in_a_row <= longest_spin) return;
  give_way(operation::yield, no_deadline);
}

/// A loop that waits by taking locks looks like work. It must not keep the thread from running that
/// it waits for: no schedule of a real machine does that for ever. So a thread's turn ends after so
/// many steps, and then whoever can run goes first. Asked before each step. The steps follow from the
/// trace, and where turns have ended is in the state that the search knows again.
/// Source: Musuvathi and Qadeer, "Fair stateless model checking", PLDI 2008.
bool scheduler::turn_is_over() {
  thread_info& it = me();
  if (it.state != run_state::ready || ++it.steps - it.turn < longest_turn) return false;
  for (int i = 0; i < shared_.thread_count; ++i) {
    if (i == running_ || !enabled(info(i))) continue;
    it.turn = it.steps;
    return true;
  }
  return false;
}

/// After so many, everybody has had several turns: a schedule with more does not end.
int scheduler::most_steps() const {
  constexpr int turns = 4;
  return std::max(max_steps_, turns * longest_turn * shared_.thread_count);
}

/// Only threads in loops are left, and they look at what nobody will change.
void scheduler::require_news_for(const thread_info& thread) {
  constexpr int most_turns = 100;
  if (!memory_ || thread.deadline != no_deadline) return;
  if (++memory_->turns_in_vain <= most_turns) return;
  fail(explore_verdict::livelock,
       "livelock: " + std::string(thread.name.data()) +
           " waits in a loop, and no thread is left that could change what it looks at");
}

}  // namespace workbook::harness::exploration

#endif
