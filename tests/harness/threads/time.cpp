// Yields, sleeps and clocks: what they do under a schedule, and the functions that hide those of
// the C library. A thread under explore() gets the scheduler's version; every other thread passes
// the probes and then gets the real function.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <time.h>

#include <algorithm>
#include <cstdint>

#include "harness/system_calls.hpp"
#include "harness/threads/probe_state.hpp"
#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {

/// std::atomic::wait yields four times before it sleeps, so a yield need not let anybody run.
/// Whether the first few in a row do is one choice; a longer row always does.
void scheduler::yield() {
  constexpr int longest_spin = 8;
  thread_info& it = me();
  if (++it.yields_in_a_row == 1) it.spins = choose(2, 2, operation::yield) == 1;
  if (it.spins && it.yields_in_a_row <= longest_spin) return;
  give_way(operation::yield, no_deadline);
}

void scheduler::give_way(operation what, std::int64_t deadline) {
  record(what);
  me().state = run_state::patient;
  me().deadline = deadline;
  me().gave_way = ++ways_given_;
  step(what);
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
