// What the search is told, so that it knows a state again: the steps of a schedule, and all that
// decides how it can go on.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {

using memory::mix;

/// Everything that decides how the schedule can go on: the values in memory follow from the trace.
std::uint64_t scheduler::state() {
  std::uint64_t it = memory_->trace.sum();
  const auto add = [&](auto part) { it = mix(it, static_cast<std::uint64_t>(part)); };
  add(running_);
  add(now_);
  add(memory_->turns_in_vain);
  for (int i = 0; i < shared_.thread_count; ++i) {
    const thread_info& thread = info(i);
    add(thread.state);
    add(memory_->looks[static_cast<std::size_t>(i)].in_a_row);
    add(thread.yields_in_a_row);
    add(thread.spins);
    add(thread.turn);
    if (thread.state == run_state::ready || thread.state == run_state::ended) continue;
    add(thread.deadline);
    add(thread.joins);
    for (int j = 0; j < i; ++j) add(info(j).gave_way < thread.gave_way);
  }
  return it;
}

/// A step of the scheduler's own, for the trace.
void scheduler::note(operation what, const void* object, int other) {
  if (!memory_ || what > operation::point) return;
  constexpr std::uint64_t others = max_threads + 1;
  const std::uint64_t number = number_of(what) * others + static_cast<std::uint64_t>(other + 1);
  // A point stands for something that is not observed: all points are steps on one object.
  const std::uintptr_t on = number_of(what == operation::point ? this : object);
  if (on == 0) {
    memory_->trace.step(running_, number);
  } else if (what == operation::blocked || what == operation::try_lock_failed) {
    memory_->trace.look(running_, number, on);
  } else {
    memory_->trace.change(running_, number, on);
  }
}

/// What the running thread sees of an object, or of the clock, without a step of its own.
void scheduler::note_look(const void* object) {
  if (memory_) memory_->trace.look(running_, number_of(operation::load), number_of(object));
}

std::int64_t scheduler::look_at_clock() {
  if (memory_) memory_->trace.step(running_, static_cast<std::uint64_t>(now_));
  return now_;
}

}  // namespace workbook::harness::exploration

#endif
