// Threads that let others go first: by a yield or a sleep, or because they go round a loop that waits.
// And the clock, which sleeps and timeouts move. What they do under a schedule, and the functions that
// hide those of the C library: a thread under explore() gets the scheduler's version; every other
// thread passes the probes and then gets the real function.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "harness/system_calls.hpp"
#include "harness/threads/probe_state.hpp"
#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {
namespace {

constexpr int longest_turn = 100;

}  // namespace

void scheduler::give_way(operation what, std::int64_t deadline) {
  record(what);
  me().state = run_state::patient;
  me().deadline = deadline;
  me().gave_way = ++ways_given_;
  step(what);
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

std::int64_t scheduler::start_of(clockid_t clock) const {
  return to_nanoseconds(clock == CLOCK_REALTIME ? shared_.realtime_start : shared_.monotonic_start);
}

std::int64_t scheduler::from_deadline(clockid_t clock, const timespec& deadline) const {
  return std::max(to_nanoseconds(deadline) - start_of(clock), std::int64_t{0});
}

}  // namespace workbook::harness::exploration

using workbook::harness::real;
using namespace workbook::harness::exploration;
namespace probes = workbook::harness::thread_probes;

namespace {

void note_sleep(const char* function) {
  ++probes::state.sleeps;
  workbook::harness::calls_of_this_thread().about_to_sleep(function);
}

/// The scheduler's clock starts anew with every schedule.
int explored_sleep(scheduler& explorer, clockid_t clock, bool absolute, const timespec& time) {
  explorer.sleep_until(absolute ? explorer.from_deadline(clock, time)
                                : explorer.look_at_clock() + to_nanoseconds(time));
  return 0;
}

}  // namespace

extern "C" {

int sched_yield() noexcept {
  const auto explorer = scheduler::mine();
  if (!explorer) return real().sched_yield();
  explorer->yield();
  return 0;
}

int nanosleep(const timespec* time, timespec* rest) {
  if (const auto explorer = scheduler::mine()) {
    return explored_sleep(*explorer, CLOCK_MONOTONIC, false, *time);
  }
  note_sleep("nanosleep");
  return real().nanosleep(time, rest);
}

// In the C library these two do not come by nanosleep().
int usleep(useconds_t microseconds) {
  const auto explorer = scheduler::mine();
  if (!explorer) {
    note_sleep("usleep");
    return real().usleep(microseconds);
  }
  explorer->sleep_until(explorer->look_at_clock() + std::int64_t{microseconds} * 1000);
  return 0;
}

unsigned sleep(unsigned seconds) {
  const auto explorer = scheduler::mine();
  if (!explorer) {
    note_sleep("sleep");
    return real().sleep(seconds);
  }
  explorer->sleep_until(explorer->look_at_clock() + seconds * nanoseconds_per_second);
  return 0;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* rest) {
  if (const auto explorer = scheduler::mine()) {
    return explored_sleep(*explorer, clock, (flags & TIMER_ABSTIME) != 0, *time);
  }
  note_sleep("clock_nanosleep");
  return real().clock_nanosleep(clock, flags, time, rest);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto explorer = scheduler::mine();
  const bool shown = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
  if (!explorer) return workbook::harness::calls_of_this_thread().clock_gettime(clock, time);
  if (!shown) return real().clock_gettime(clock, time);
  *time = to_timespec(explorer->start_of(clock) + explorer->look_at_clock());
  return 0;
}

}  // extern "C"

#endif
