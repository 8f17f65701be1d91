// Who goes on: the rules of a schedule.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <execinfo.h>

#include <algorithm>
#include <cstring>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {

thread_info& scheduler::info(int thread) {
  return shared_.threads[static_cast<std::size_t>(thread)];
}

thread_info& scheduler::me() { return info(running_); }

object_info* scheduler::find(const void* address) {
  for (int i = 0; i < shared_.object_count; ++i) {
    object_info& known = shared_.objects[static_cast<std::size_t>(i)];
    if (known.address == address) return &known;
  }
  return nullptr;
}

object_info& scheduler::object(const void* address, object_kind kind) {
  if (object_info* const known = find(address)) {
    known->kind = kind;
    return *known;
  }
  if (shared_.object_count == max_objects) {
    fail(explore_verdict::no_verdict,
         "the body uses more than 256 mutexes and condition variables");
  }
  object_info& made = shared_.objects[static_cast<std::size_t>(shared_.object_count++)];
  made = {};
  made.address = address;
  made.kind = kind;
  made.owner = nobody;
  return made;
}

bool scheduler::is_free(const void* mutex, bool to_read) {
  const object_info* const it = find(mutex);
  return it == nullptr || (it->owner == nobody && (to_read || it->readers == 0));
}

bool scheduler::enabled(const thread_info& thread) {
  switch (thread.state) {
    case thread_state::ready:
    case thread_state::patient: return true;
    case thread_state::wants_mutex: return is_free(thread.object) || thread.deadline != no_deadline;
    case thread_state::wants_to_read:
      return is_free(thread.object, true) || thread.deadline != no_deadline;
    case thread_state::waits_condition:
      return thread.deadline != no_deadline && is_free(thread.mutex);
    case thread_state::waits_atomic: return thread.deadline != no_deadline;
    case thread_state::joins: return info(thread.joins).state == thread_state::ended;
    case thread_state::ended: return false;
  }
  return false;
}

/// It gave way, or it waits for something else and goes on only because its time is up.
bool scheduler::only_by_time(const thread_info& thread) {
  return thread.state == thread_state::patient || thread.state == thread_state::waits_condition ||
         thread.state == thread_state::waits_atomic ||
         (thread.state == thread_state::wants_mutex && !is_free(thread.object)) ||
         (thread.state == thread_state::wants_to_read && !is_free(thread.object, true));
}

/// The continuations, the most ordinary one first: the running thread if it can go on, then the
/// others by number. Whoever gave way comes last and costs a preemption. When only such threads are
/// left, time passes and the first deadline decides, so that polling loops come to an end.
scheduler::continuations scheduler::who_can_go_on() {
  continuations found;
  const bool runs_on = running_ != nobody && me().state == thread_state::ready;
  if (runs_on) found.add(running_, false);
  const bool affordable = search_.affords_preemption();
  if (runs_on && !affordable) return found;
  for (int i = 0; i < shared_.thread_count; ++i) {
    if (runs_on && i == running_) continue;
    if (enabled(info(i)) && !only_by_time(info(i))) found.add(i, runs_on);
  }
  if (found.count == 0) {
    const int first = first_deadline();
    if (first != nobody) found.add(first, false);
  } else if (affordable) {
    for (int i = 0; i < shared_.thread_count; ++i) {
      if (enabled(info(i)) && only_by_time(info(i))) found.add(i, true);
    }
  }
  return found;
}

/// Of the threads that wait for time to pass: the first deadline. A yield has none: it comes after
/// everybody who began to wait before it.
int scheduler::first_deadline() {
  const auto before = [](const thread_info& a, const thread_info& b) {
    const bool both_timed = a.deadline != no_deadline && b.deadline != no_deadline;
    return both_timed && a.deadline != b.deadline ? a.deadline < b.deadline
                                                  : a.gave_way < b.gave_way;
  };
  int first = nobody;
  for (int i = 0; i < shared_.thread_count; ++i) {
    if (enabled(info(i)) && (first == nobody || before(info(i), info(first)))) first = i;
  }
  return first;
}

/// Makes `thread` the running one and brings about what it was waiting for.
void scheduler::resume(int thread) {
  running_ = thread;
  shared_.running = thread;
  thread_info& it = me();
  if (only_by_time(it)) {
    it.timed_out = it.state != thread_state::patient;
    now_ = std::max(now_, it.deadline);
  }
  const bool wakes = it.state == thread_state::waits_condition;
  if (wakes) grant(*find(it.mutex), thread, false);
  const bool to_read = it.state == thread_state::wants_to_read;
  const bool wants = to_read || it.state == thread_state::wants_mutex;
  if (wants && is_free(it.object, to_read)) grant(*find(it.object), thread, to_read);
  it.state = thread_state::ready;
}

/// A step that lets others go first. Returns when the calling thread is chosen to go on.
void scheduler::step(operation what) {
  about_to_ = what;
  dispatch();
}

void scheduler::dispatch() {
  shared_.progress.fetch_add(1, std::memory_order_relaxed);
  const int self = running_;
  if (++steps_ > max_steps_) {
    fail(explore_verdict::livelock, "livelock: " + std::to_string(max_steps_) +
                                        " steps and no end, " + std::string(me().name.data()) +
                                        " ran last");
  }
  const continuations can = who_can_go_on();
  if (can.count == 0) fail(explore_verdict::deadlock, "deadlock: no thread can ever run again");
  const continuation next = can.all[static_cast<std::size_t>(choose(can.count, about_to_))];
  if (next.preemption) search_.spend_preemption();
  const bool ended = me().state == thread_state::ended;
  interrupted_ = interrupted_ || next.preemption;  // told with its next step
  resume(next.thread);
  if (next.thread == self) return;
  crew_member& from = crew_[static_cast<std::size_t>(self)];
  crew_[static_cast<std::size_t>(next.thread)].turn.give();
  if (!ended) from.turn.take();
}

int scheduler::choose(int options, operation what) {
  const int pick = search_.choose(options, running_, what);
  if (search_.nondeterministic()) {
    fail(explore_verdict::nondeterministic,
         "the body is not repeatable: under the same schedule it came to another step, in " +
             std::string(me().name.data()));
  }
  return pick;
}

bool scheduler::surprise(operation what) {
  const bool affordable = search_.affords_surprise();
  if (choose(affordable ? 2 : 1, what) == 0) return false;
  search_.spend_surprise();
  return true;
}

/// std::atomic::wait yields four times before it sleeps, so a yield need not let anybody run.
/// Whether the first few in a row do is one choice; a longer row always does.
void scheduler::yield() {
  constexpr int longest_spin = 8;
  thread_info& it = me();
  if (++it.yields_in_a_row == 1) it.spins = choose(2, operation::yield) == 1;
  if (it.spins && it.yields_in_a_row <= longest_spin) return;
  give_way(operation::yield, no_deadline);
}

void scheduler::give_way(operation what, std::int64_t deadline) {
  record(what);
  me().state = thread_state::patient;
  me().deadline = deadline;
  me().gave_way = ++ways_given_;
  step(what);
}

void scheduler::record(operation what, const void* object, int other, int waiters) {
  if (what != operation::yield) me().yields_in_a_row = 0;
  if (!story_) return;
  const int number = shared_.event_count++;
  event& e = shared_.events[static_cast<std::size_t>(number % max_events)];
  e.what = what;
  e.interrupted = interrupted_;
  interrupted_ = false;
  e.thread = running_;
  e.object = object;
  e.other = other;
  e.waiters = waiters;
  e.frame_count = backtrace(e.frames.data(), static_cast<int>(e.frames.size()));
  me().last_event = number;
}

}  // namespace workbook::harness::exploration

#endif
