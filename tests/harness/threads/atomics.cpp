// Atomics and plain memory: what an operation on a std::atomic does under a schedule, and what is
// told of each access to memory. Called by the functions of harness/observed/, where the code under
// test is compiled for it.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <execinfo.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {

using memory::access_kind;
using memory::atomic_object;
using memory::atomic_value;
using memory::memory_access;
using memory::memory_conflict;
using memory::mix;

namespace {

std::uint64_t number_of(operation what) { return static_cast<std::uint64_t>(what); }

std::uintptr_t number_of(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

/// As the memory model wants to see it. All machines of the workbook are little-endian.
atomic_object object_at(const atomic_place& place) {
  atomic_object it{number_of(place.address), place.size, 0};
  std::memcpy(&it.in_memory, place.address, place.size);
  return it;
}

void put(const atomic_place& place, atomic_value value) {
  std::memcpy(place.address, &value, place.size);
}

atomic_value cut_to(std::size_t size, atomic_value value) {
  return size == sizeof value ? value : value & ((atomic_value{1} << (8 * size)) - 1);
}

atomic_value changed(change_kind how, atomic_value before, atomic_value by) {
  switch (how) {
    case change_kind::exchange: return by;
    case change_kind::add: return before + by;
    case change_kind::subtract: return before - by;
    case change_kind::and_: return before & by;
    case change_kind::or_: return before | by;
    case change_kind::xor_: return before ^ by;
    case change_kind::nand: return ~(before & by);
  }
  return by;
}

const char* verb_of(access_kind kind) {
  switch (kind) {
    case access_kind::read: return "reads";
    case access_kind::write: return "writes";
    case access_kind::atomic_read: return "reads atomically";
    case access_kind::atomic_write: return "writes atomically";
    case access_kind::free: return "gives back";
  }
  return "?";
}

operation operation_of(access_kind kind) {
  if (kind == access_kind::free) return operation::give_back;
  const bool writes = kind == access_kind::write || kind == access_kind::atomic_write;
  return writes ? operation::write : operation::read;
}

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

atomic_value scheduler::load(const atomic_place& place, std::memory_order order,
                             std::uintptr_t code) {
  access(place.address, place.size, access_kind::atomic_read, code);
  if (looks_again(place, code)) {
    return memory_->model.load(running_, object_at(place), order, 0).value;
  }
  step(operation::load);
  access(place.address, place.size, access_kind::atomic_read, code);
  const int back =
      choose_stale((1U << memory_->model.readable(running_, object_at(place), order)) - 2);
  return load_from(place, order, back);
}

/// One of the older stores in `possible`, where bit i stands for the one i before the newest, or 0:
/// the ordinary outcome. Anything else is a surprise.
int scheduler::choose_stale(std::uint32_t possible) {
  int count = 0;
  std::array<int, memory::memory_model::remembered_stores> all{};
  for (int back = 1; back < memory::memory_model::remembered_stores; ++back) {
    if ((possible >> back & 1U) != 0) all[static_cast<std::size_t>(count++)] = back;
  }
  const bool affordable = count > 0 && search_.affords_surprise();
  const int pick = choose(affordable ? count + 1 : 1, 1, operation::load);
  if (pick == 0) return 0;
  search_.spend_surprise();
  forget_looks();
  return all[static_cast<std::size_t>(pick - 1)];
}

atomic_value scheduler::load_from(const atomic_place& place, std::memory_order order, int back) {
  const auto loaded = memory_->model.load(running_, object_at(place), order, back);
  // What comes from code that is not observed says nothing of its history.
  const bool unseen = loaded.writer == memory::no_thread;
  const auto value = unseen ? static_cast<std::uint64_t>(loaded.value) : 0;
  memory_->trace.step(running_, number_of(operation::load), mix(loaded.origin.trace, value));
  look_at_s(order);
  record(loaded.newest ? operation::load : operation::load_stale, place.address, loaded.writer);
  note_value(loaded.value);
  return loaded.value;
}

void scheduler::store(const atomic_place& place, std::memory_order order, atomic_value value,
                      std::uintptr_t code) {
  step(operation::store);
  access(place.address, place.size, access_kind::atomic_write, code);
  const atomic_object it = object_at(place);
  memory_->model.store(running_, it, order, value, {++memory_->news, traced_change(place)});
  look_at_s(order);
  put(place, value);
  record(operation::store, place.address);
  note_value(value);
}

atomic_value scheduler::change(const atomic_place& place, std::memory_order order, change_kind how,
                               atomic_value by, std::uintptr_t code) {
  if (!looks_again(place, code)) step(operation::change);
  access(place.address, place.size, access_kind::atomic_write, code);
  const atomic_object it = object_at(place);
  const atomic_value after = cut_to(place.size, changed(how, it.in_memory, by));
  const bool news = after != it.in_memory;
  exchange(place, order, after);
  record(news ? operation::change : operation::load, place.address);
  note_value(after);
  return it.in_memory;
}

bool scheduler::compare_exchange(const atomic_place& place, atomic_value& expected,
                                 const exchange_orders& orders, atomic_value desired,
                                 std::uintptr_t code) {
  if (!looks_again(place, code)) step(operation::change);
  access(place.address, place.size, access_kind::atomic_read, code);
  const atomic_object it = object_at(place);
  const std::uint32_t may_fail =
      memory_->model.may_fail_with(running_, it, expected, orders.if_it_fails);
  const bool equal = it.in_memory == expected;
  if (equal && orders.weak && surprise(operation::change)) {
    load_from(place, orders.if_it_fails, 0);
    forget_looks();
    return false;
  }
  const int back = choose_stale(may_fail);
  if (!equal || back > 0) {
    expected = load_from(place, orders.if_it_fails, back);
    return false;
  }
  access(place.address, place.size, access_kind::atomic_write, code);
  exchange(place, orders.order, desired);
  record(operation::change, place.address);
  note_value(desired);
  return true;
}

/// The halves of a read-modify-write as one: what is in memory becomes `after`.
void scheduler::exchange(const atomic_place& place, std::memory_order order, atomic_value after) {
  const atomic_object it = object_at(place);
  // What leaves everything as it is (a spinlock that is taken already) is no news to anybody.
  const auto known = memory_->model.peek(it, 0);
  const auto news = after != it.in_memory ? ++memory_->news : known.origin.place;
  if (known.writer == memory::no_thread) {
    memory_->trace.step(running_, number_of(operation::load),
                        static_cast<std::uint64_t>(known.value));
  }
  memory_->model.exchange(running_, it, order, after, {news, traced_change(place)});
  look_at_s(order);
  put(place, after);
}

std::uint64_t scheduler::traced_change(const atomic_place& place) {
  return memory_->trace.change(running_, number_of(operation::change), number_of(place.address));
}

/// The order of the sequentially consistent operations is an object that a fence changes.
void scheduler::look_at_s(std::memory_order order) {
  if (order != std::memory_order_seq_cst) return;
  memory_->trace.look(running_, number_of(operation::fence), number_of(&memory_->model));
}

void scheduler::fence(std::memory_order order) {
  if (order == std::memory_order_seq_cst) {
    step(operation::fence);
    memory_->trace.change(running_, number_of(operation::fence), number_of(&memory_->model));
  } else {
    memory_->trace.step(running_, number_of(operation::fence));
  }
  memory_->model.fence(running_, order);
  record(operation::fence);
}

void scheduler::access(const void* at, std::size_t size, access_kind kind, std::uintptr_t code) {
  if (!memory_) return;
  if (trace_) {
    code = memory_->told.size();
    event& e = memory_->told.emplace_back();
    e.what = operation_of(kind);
    e.thread = running_;
    e.object = at;
    e.other = shared_.event_count;  // where it would stand in the trace
    e.value = size;
    e.frame_count = backtrace(e.frames.data(), static_cast<int>(e.frames.size()));
  }
  const auto conflict = memory_->accesses.access(memory_->model.known_to(running_),
                                                 {kind, running_, code}, number_of(at), size);
  if (conflict) fail_conflict(*conflict);
  if (kind == access_kind::write || kind == access_kind::free) {
    memory_->model.forget(number_of(at), size);
    memory_->trace.forget(number_of(at), size);
  }
}

void scheduler::given_out(const void* at, std::size_t size) {
  if (!memory_) return;
  memory_->model.forget(number_of(at), size);
  memory_->trace.forget(number_of(at), size);
  memory_->accesses.fresh(number_of(at), size);
}

void scheduler::fail_conflict(const memory_conflict& found) {
  if (trace_) {
    shared_.racing = {memory_->told[found.earlier.place], memory_->told[found.later.place]};
    for (event& e : shared_.racing) e.value = found.size;
    shared_.racing[1].interrupted = interrupted_;
    shared_.races = true;
  }
  const std::string first = info(found.earlier.thread).name.data();
  const std::string second = info(found.later.thread).name.data();
  if (found.earlier.kind == access_kind::free) {
    fail(explore_verdict::use_after_free,
         second + " " + verb_of(found.later.kind) + " memory that " + first + " has given back");
  }
  fail(explore_verdict::data_race, "data race: " + first + " " + verb_of(found.earlier.kind) +
                                       " and " + second + " " + verb_of(found.later.kind) +
                                       " the same memory, and nothing orders the two");
}

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

/// Too much to hold means that the schedule's verdict would be a guess.
void scheduler::require_all_observed() {
  if (!memory_) return;
  const char* const model = memory_->model.limit_reached();
  const char* const limit = model != nullptr ? model : memory_->accesses.limit_reached();
  if (limit == nullptr) return;
  fail(explore_verdict::no_verdict,
       std::string("the body uses ") + limit + ": too much to observe");
}

}  // namespace workbook::harness::exploration

#endif
