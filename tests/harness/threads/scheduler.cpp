#include "harness/threads/scheduler.hpp"

#if WORKBOOK_INTERPOSE

#include <execinfo.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>

#include "harness/threads/explore_child.hpp"

namespace workbook::harness::exploration {

constinit thread_local scheduler* scheduler::explored_by = nullptr;

constinit thread_local bool scheduler::inside = false;

scheduler_entry::scheduler_entry(scheduler* entered) : entered_(entered) {
  if (entered_ != nullptr) scheduler::inside = true;
}

scheduler_entry::~scheduler_entry() {
  if (entered_ != nullptr) scheduler::inside = false;
}

scheduler_exit::scheduler_exit() { scheduler::inside = false; }
scheduler_exit::~scheduler_exit() { scheduler::inside = true; }

scheduler_entry scheduler::mine() { return scheduler_entry(inside ? nullptr : explored_by); }

scheduler::scheduler(shared_state& shared, schedule_search& search, int max_steps, bool trace)
    : shared_(shared),
      search_(search),
      max_steps_(max_steps),
      trace_(trace),
      memory_(code_is_observed ? std::make_unique<observed_memory>() : nullptr) {}

void scheduler::run_schedule(const std::function<void()>& body) {
  search_.start_schedule();
  shared_.thread_count = 1;
  shared_.object_count = 0;
  shared_.event_count = 0;
  info(0) = {};
  info(0).last_event = nobody;
  running_ = 0;
  shared_.running = 0;
  steps_ = 0;
  now_ = 0;
  ways_given_ = 0;
  interrupted_ = false;
  if (memory_) memory_->start();
  name_current_thread("main");
  crew_[0].handle = ::pthread_self();
  ending().begin();
  explored_by = this;
  try {
    body();
  } catch (const std::exception& error) {
    fail(explore_verdict::exception, std::string("an exception left the body: ") + error.what());
  } catch (...) {
    fail(explore_verdict::exception, "an exception that is not a std::exception left the body");
  }
  ending().run_duties();
  const scheduler_entry entry(this);
  end_body();
  explored_by = nullptr;
  ending().renew_thread_locals();
}

void scheduler::end_body() {
  require_no_lock_held();
  require_all_observed();
  for (int i = 1; i < shared_.thread_count; ++i) {
    const std::string name = info(i).name.data();
    if (info(i).state != run_state::ended) {
      fail(explore_verdict::unfinished_thread,
           "the body returned while " + name + " is still running");
    }
    if (!info(i).joined_or_detached) {
      fail(explore_verdict::unfinished_thread,
           "the body returned and nobody has joined or detached " + name);
    }
  }
  if (search_.nondeterministic() || search_.ended_early()) {
    fail(explore_verdict::nondeterministic,
         "the body ended in a different place although its schedule began like an earlier one");
  }
}

void scheduler::fail(explore_verdict verdict, const std::string& message) {
  inside = true;
  end_child(shared_, verdict, message);
}

void scheduler::cannot_explore(const std::string& call) {
  fail(explore_verdict::no_verdict, current_thread_name() + " calls " + call);
}

void scheduler::require_no_lock_held() {
  for (int i = 0; i < shared_.object_count; ++i) {
    const object_info& it = shared_.objects[static_cast<std::size_t>(i)];
    const bool reads = (it.readers >> running_ & 1U) != 0;
    if (it.owner != running_ && !reads) continue;
    record(operation::end, it.address);
    fail(explore_verdict::misuse, current_thread_name() + " ends while it holds a mutex");
  }
}

void scheduler::name_current_thread(std::string_view name) {
  name_text& text = me().name;
  text = {};
  std::memcpy(text.data(), name.data(), std::min(name.size(), text.size() - 1));
}

void scheduler::name_object(const void* address, std::string_view name) {
  name_text& text = object(address, object_kind::mutex).name;
  text = {};
  std::memcpy(text.data(), name.data(), std::min(name.size(), text.size() - 1));
}

std::string scheduler::current_thread_name() { return me().name.data(); }

// The rules of a schedule: who goes on, and who is woken.

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
    case run_state::ready:
    case run_state::patient: return true;
    case run_state::wants_mutex: return is_free(thread.object) || thread.deadline != no_deadline;
    case run_state::wants_to_read:
      return is_free(thread.object, true) || thread.deadline != no_deadline;
    case run_state::waits_condition: return thread.deadline != no_deadline && is_free(thread.mutex);
    case run_state::waits_atomic: return thread.deadline != no_deadline;
    case run_state::joins: return info(thread.joins).state == run_state::ended;
    case run_state::ended: return false;
  }
  return false;
}

/// It gave way, or it waits for something else and goes on only because its time is up.
bool scheduler::only_by_time(const thread_info& thread) {
  return thread.state == run_state::patient || thread.state == run_state::waits_condition ||
         thread.state == run_state::waits_atomic ||
         (thread.state == run_state::wants_mutex && !is_free(thread.object)) ||
         (thread.state == run_state::wants_to_read && !is_free(thread.object, true));
}

/// The continuations, the most ordinary one first: the running thread if it can go on, then the
/// others by number. Whoever gave way comes last and costs a preemption. When only such threads are
/// left, time passes and the first deadline decides, so that polling loops come to an end.
scheduler::continuations scheduler::who_can_go_on() {
  continuations found;
  const bool runs_on = running_ != nobody && me().state == run_state::ready;
  if (runs_on) found.add(running_, false);
  const bool affordable = search_.affords_preemption();
  if (runs_on && !affordable) return found;
  for (int i = 0; i < shared_.thread_count; ++i) {
    if (runs_on && i == running_) continue;
    if (enabled(info(i)) && !only_by_time(info(i))) found.add(i, runs_on);
  }
  if (found.count == 0) {
    const int first = first_deadline();
    if (first != nobody) {
      found.add(first, false);
      require_news_for(info(first));
    }
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
    it.timed_out = it.state != run_state::patient;
    now_ = std::max(now_, it.deadline);
  }
  const bool wakes = it.state == run_state::waits_condition;
  if (wakes) grant(*find(it.mutex), false);
  const bool to_read = it.state == run_state::wants_to_read;
  const bool wants = to_read || it.state == run_state::wants_mutex;
  if (wants && is_free(it.object, to_read)) grant(*find(it.object), to_read);
  it.state = run_state::ready;
}

/// A step that lets others go first. Returns when the calling thread is chosen to go on.
void scheduler::step(operation what) {
  if (turn_is_over()) return give_way(operation::turn_over, no_deadline);
  about_to_ = what;
  dispatch();
}

void scheduler::dispatch() {
  shared_.progress.fetch_add(1, std::memory_order_relaxed);
  const int self = running_;
  if (++steps_ > most_steps()) {
    fail(explore_verdict::livelock, "livelock: " + std::to_string(steps_ - 1) +
                                        " steps and no end, although every thread had its turn; " +
                                        std::string(me().name.data()) + " ran last");
  }
  const continuations can = who_can_go_on();
  if (can.count == 0) fail(explore_verdict::deadlock, "deadlock: no thread can ever run again");
  const bool is_new = !memory_ || search_.came_to(state());
  const int options = is_new ? can.count : 1;
  const int free = static_cast<int>(std::count_if(can.all.begin(), can.all.begin() + options,
                                                  [](const auto& it) { return !it.preemption; }));
  const continuation next = can.all[static_cast<std::size_t>(choose(options, free, about_to_))];
  if (next.preemption) search_.spend_preemption();
  const bool ended = me().state == run_state::ended;
  interrupted_ = interrupted_ || next.preemption;  // told with its next step
  resume(next.thread);
  if (next.thread == self) return;
  crew_member& from = crew_[static_cast<std::size_t>(self)];
  crew_[static_cast<std::size_t>(next.thread)].turn.give();
  if (!ended) from.turn.take();
}

int scheduler::choose(int options, int free, operation what) {
  const int pick = search_.choose(options, free, running_, what);
  if (search_.nondeterministic()) {
    fail(explore_verdict::nondeterministic,
         "the body is not repeatable: under the same schedule it came to a different step, in " +
             std::string(me().name.data()));
  }
  return pick;
}

bool scheduler::surprise(operation what) {
  const bool affordable = search_.affords_surprise();
  if (choose(affordable ? 2 : 1, 1, what) == 0) return false;
  search_.spend_surprise();
  return true;
}

int scheduler::wake_waiters(object_info& object, run_state waiting, int at_most, operation what) {
  std::array<int, max_threads> waiters{};
  int count = 0;
  for (int i = 0; i < shared_.thread_count; ++i) {
    const bool waits_here = info(i).state == waiting && info(i).object == object.address;
    if (waits_here) waiters[static_cast<std::size_t>(count++)] = i;
  }
  const int woken = std::min(at_most, count);
  ++object.notifications;
  object.woken += woken;
  object.unheard += count == 0 ? 1 : 0;
  record(what, object.address, woken, count);
  for (int left = count; left > count - woken; --left) {
    // Where all of them wake there is nothing to choose.
    const int pick = woken == count ? left - 1 : choose(left, left, what);
    auto lucky = waiters.begin() + pick;
    wake(info(*lucky));
    std::move(lucky + 1, waiters.begin() + left, lucky);
  }
  return woken;
}

void scheduler::wake(thread_info& waiter) {
  const bool takes_mutex = waiter.state == run_state::waits_condition;
  waiter.state = takes_mutex ? run_state::wants_mutex : run_state::ready;
  waiter.object = waiter.mutex;
  waiter.deadline = no_deadline;
}

void scheduler::point(const char* label) {
  step(operation::point);
  record(operation::point, label);
}

void scheduler::record(operation what, const void* object, int other, int waiters) {
  const bool gives_way = what == operation::look_again || what == operation::turn_over;
  const bool in_vain = gives_way || what == operation::yield || what == operation::load;
  if (!in_vain) me().yields_in_a_row = 0;
  if (!in_vain && memory_) forget_looks();
  note(what, object, other);
  if (!trace_) return;
  const int number = shared_.event_count++;
  event& e = shared_.events[static_cast<std::size_t>(number % max_events)];
  e.what = what;
  e.interrupted = interrupted_;
  interrupted_ = false;
  e.thread = running_;
  e.object = object;
  e.other = other;
  e.waiters = waiters;
  e.value = 0;
  e.frame_count = backtrace(e.frames.data(), static_cast<int>(e.frames.size()));
  me().last_event = number;
}

/// Of the step that was just recorded.
void scheduler::note_value(memory::atomic_value value) {
  if (!trace_) return;
  const int last = shared_.event_count - 1;
  shared_.events[static_cast<std::size_t>(last % max_events)].value =
      static_cast<std::uint64_t>(value);
}

void scheduler::acquires(const void* object, memory::hold how) {
  if (!memory_) return;
  memory_->model.acquire(running_, reinterpret_cast<std::uintptr_t>(object), how);
  note(operation::lock, object, nobody);
}

void scheduler::releases(const void* object, memory::hold how) {
  if (!memory_) return;
  memory_->model.release(running_, reinterpret_cast<std::uintptr_t>(object), how);
  note(operation::unlock, object, nobody);
}

}  // namespace workbook::harness::exploration

#endif
