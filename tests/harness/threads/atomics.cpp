// std::atomic: what its operations do under a schedule. Called by the functions of harness/observed/,
// where the code under test is compiled for it.
#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <cstring>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {

using memory::access_kind;
using memory::atomic_object;
using memory::atomic_value;
using memory::mix;

namespace {

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

}  // namespace

atomic_value scheduler::load(const atomic_place& place, std::memory_order order,
                             std::uintptr_t code) {
  access(place.address, place.size, access_kind::atomic_read, code);
  if (looks_again(place, code)) {
    return memory_->model.load(running_, object_at(place), order, 0).value;
  }
  step(operation::load);
  access(place.address, place.size, access_kind::atomic_read, code);
  const int readable = memory_->model.readable(running_, object_at(place), order);
  const int back = choose_stale((1U << readable) - 2);
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
  shared_.stale_values = shared_.stale_values || count > 0;
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

}  // namespace workbook::harness::exploration

#endif
