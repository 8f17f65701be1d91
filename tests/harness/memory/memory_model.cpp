#include "harness/memory/memory_model.hpp"

#include <algorithm>

// "[atomics.order]/4" is a paragraph of C++20 as in N4861.
namespace workbook::harness::memory {
namespace {

/// [atomics.order]/1: which operations acquire, which release. A consume operation is taken as an
/// acquire operation, as all compilers do.
bool acquires(std::memory_order order) {
  return order == std::memory_order_acquire || order == std::memory_order_consume ||
         order == std::memory_order_acq_rel || order == std::memory_order_seq_cst;
}
bool releases(std::memory_order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

}  // namespace

memory_model::memory_model()
    : views_(max_threads),
      atomics_(most_atomics),
      stores_(most_stores),
      sync_objects_(most_sync_objects) {
  start();
}

void memory_model::knowledge::learn(const knowledge& other) {
  steps.learn(other.steps);
  fence = std::max(fence, other.fence);
}

void memory_model::start() {
  for (int i = 0; i < thread_count_; ++i) view(i) = {};
  atomics_.clear();
  stores_.clear();
  sync_objects_.clear();
  passed_on_unseen_ = {};
  length_of_s_ = 0;
  limit_reached_ = nullptr;
  forgot_stores_ = false;
  thread_count_ = 1;
  view(0).runs = true;
  view(0).known.steps.set(0, 1);
}

/// What the thread does from now on is not part of what it has just passed on.
void memory_model::pass_time(int thread, thread_view& me) {
  me.known.steps.set(thread, now(thread, me) + 1);
}

/// [thread.thread.constr]/7: the completion of the constructor synchronizes with the beginning of
/// the new thread's function.
void memory_model::created(int parent, int child) {
  thread_count_ = std::max(thread_count_, child + 1);
  view(child) = {};
  view(child).runs = true;
  view(child).known = view(parent).known;
  view(child).known.steps.set(child, 1);
  pass_time(parent, view(parent));
}

void memory_model::ended(int thread) { view(thread).runs = false; }

/// [thread.thread.member], join: the completion of the thread synchronizes with the return.
void memory_model::joined(int thread, int ended) { view(thread).known.learn(view(ended).known); }

/// [thread.mutex.requirements.mutex], lock: prior unlock() operations on the same object synchronize
/// with this operation. [thread.sharedmutex.requirements]/8: with lock_shared(), too; /15: an
/// unlock_shared() only with lock() operations.
void memory_model::acquire(int thread, std::uintptr_t object, hold how) {
  if (const sync_object* const it = find(object)) {
    view(thread).known.learn(how == hold::alone ? it->released : it->released_alone);
  }
}

void memory_model::release(int thread, std::uintptr_t object, hold how) {
  thread_view& me = view(thread);
  if (sync_object* const it = find(object)) {
    it->released.learn(me.known);
    if (how == hold::alone) it->released_alone.learn(me.known);
  }
  pass_time(thread, me);
}

memory_model::sync_object* memory_model::find(std::uintptr_t object) {
  sync_object* it = sync_objects_.find(object);
  if (it == nullptr) it = sync_objects_.add(object);
  if (it == nullptr) limit_reached_ = "more than 4096 mutexes and the like";
  return it;
}

/// Whether a load must not return anything older than this store:
/// - [intro.races]/18, /16 (coherence): the store, or a load that has read it, happens before.
/// - [atomics.order]/4, all four conditions. The load, if it returned something older, would be
///   coherence-ordered before the store, and before every operation that has read it or a later one.
///   Let Z be the first in S among such operations that are seq_cst (4.1, 4.3), and among the
///   seq_cst fences that such an operation happens before (4.2, 4.4): that is in_s. Then the load
///   itself, if it is seq_cst (4.1, 4.2), or the last seq_cst fence that happens before it (4.3,
///   4.4), would precede Z in S, but S is the order in which they came.
bool memory_model::must_see(const thread_view& me, const store_record& it,
                            std::memory_order order) const {
  if (me.known.steps.knows_any_of(it.seen)) return true;
  return it.in_s != 0 && (order == std::memory_order_seq_cst || it.in_s < me.known.fence);
}

int memory_model::readable(int thread, const atomic_object& at, std::memory_order order) {
  const location* const it = find(at);
  int older = 0;
  while (it != nullptr && older + 1 < it->count &&
         !must_see(view(thread), nth_newest(*it, older), order)) {
    ++older;
  }
  return older + 1;
}

loaded_value memory_model::peek(const atomic_object& at, int back) {
  const location* const it = find(at);
  if (it == nullptr) return {.value = at.in_memory};
  const store_record& store = nth_newest(*it, back);
  return {store.value, back == 0, store.writer, store.origin};
}

/// [atomics.types.operations], compare_exchange: it fails if the value that it reads is not the
/// expected one, and is an atomic load then: [atomics.order]/10 does not ask of it to read the last
/// value. If it succeeds, it does.
std::uint32_t memory_model::may_fail_with(int thread, const atomic_object& at,
                                          atomic_value expected, std::memory_order order) {
  std::uint32_t failing = 0;
  for (int back = readable(thread, at, order) - 1; back >= 0; --back) {
    if (peek(at, back).value != expected) failing |= 1U << static_cast<unsigned>(back);
  }
  return failing;
}

loaded_value memory_model::load(int thread, const atomic_object& at, std::memory_order order,
                                int back) {
  location* const it = find(at);
  return it == nullptr ? loaded_value{.value = at.in_memory} : read(thread, *it, order, back);
}

/// [atomics.order]/2: a release operation synchronizes with an acquire operation that takes its
/// value from the release sequence. [atomics.fences]/2, /4: with an acquire fence after a load that
/// does, whatever the order of that load.
loaded_value memory_model::read(int thread, location& from, std::memory_order order, int back) {
  thread_view& me = view(thread);
  store_record& store = nth_newest(from, back);
  if (store.seen.of(thread) == 0) store.seen.set(thread, now(thread, me));
  if (order == std::memory_order_seq_cst && store.in_s == 0) store.in_s = ++length_of_s_;
  (acquires(order) ? me.known : me.acquirable).learn(store.released);
  return {store.value, back == 0, store.writer, store.origin};
}

/// [intro.races]/5: a release sequence goes on with read-modify-writes only. A store ends it, also
/// one of the same thread.
void memory_model::store(int thread, const atomic_object& at, std::memory_order order,
                         atomic_value value, const store_origin& origin) {
  location* const it = find(at);
  if (it != nullptr) append(thread, *it, order, value, origin, {});
}

/// [atomics.order]/10: a read-modify-write reads the last value before its own.
loaded_value memory_model::exchange(int thread, const atomic_object& at, std::memory_order order,
                                    atomic_value value, const store_origin& origin) {
  location* const it = find(at);
  if (it == nullptr) return {.value = at.in_memory};
  const loaded_value before = read(thread, *it, order, 0);
  const knowledge released_before = nth_newest(*it, 0).released;
  append(thread, *it, order, value, origin, released_before);
  return before;
}

/// The store becomes the last one in the modification order. With that, [intro.races]/15 and /17
/// hold: whatever happens before it has come earlier. `carried` comes from the release sequences
/// that it goes on with.
void memory_model::append(int thread, location& to, std::memory_order order, atomic_value value,
                          const store_origin& origin, const knowledge& carried) {
  thread_view& me = view(thread);
  const place_number place = place_for_store(to);
  to.stores[static_cast<std::size_t>(to.count++)] = place;
  store_record& made = stores_[place];
  made = {.value = value,
          .writer = thread,
          .origin = origin,
          .seen = {},
          .in_s = 0,
          .released = carried};
  made.seen.set(thread, now(thread, me));
  if (order == std::memory_order_seq_cst) made.in_s = ++length_of_s_;
  if (releases(order)) {
    made.released.learn(me.known);
    pass_time(thread, me);
  } else {
    // [atomics.fences]/2, /3: after a release fence every store heads a release sequence.
    made.released.learn(me.at_release_fence);
  }
}

/// A place for one more store to an object that has one already.
place_number memory_model::place_for_store(location& it) {
  if (it.count < remembered_stores) {
    const place_number place = stores_.take();
    if (place != no_place) return place;
    limit_reached_ = "more than 8192 values of atomics";
  }
  for (int i = 0; i < thread_count_ && it.count > 1 && !forgot_stores_; ++i) {
    forgot_stores_ =
        view(i).runs && !must_see(view(i), stores_[it.stores[1]], std::memory_order_relaxed);
  }
  const place_number oldest = it.stores[0];
  std::copy(it.stores.begin() + 1, it.stores.begin() + it.count, it.stores.begin());
  --it.count;
  return oldest;
}

/// [atomics.fences]/2 to /4, and [atomics.order]/4 for a seq_cst fence, which is both others first.
void memory_model::fence(int thread, std::memory_order order) {
  thread_view& me = view(thread);
  if (acquires(order)) me.known.learn(me.acquirable);
  if (order == std::memory_order_seq_cst) {
    me.known.fence = ++length_of_s_;
    atomics_.for_each([&](location& it) {
      for (int back = 0; back < it.count; ++back) {
        store_record& store = nth_newest(it, back);
        if (store.in_s == 0 && me.known.steps.knows_any_of(store.seen)) store.in_s = length_of_s_;
      }
    });
  }
  if (releases(order)) {
    me.at_release_fence = me.known;
    pass_time(thread, me);
  }
}

memory_model::store_record& memory_model::nth_newest(const location& it, int back) {
  return stores_[it.stores[static_cast<std::size_t>(it.count - 1 - back)]];
}

/// The object, with what is in memory as its newest store. One that is new was written plainly, so
/// that its first value tells nobody anything, unless a thread did_unseen(). Where memory has changed behind our back, or is used
/// as an object of another size, code has stored that is not observed: whatever it meant to pass on
/// is taken as passed on, so that nobody is blamed for what was not seen.
memory_model::location* memory_model::find(const atomic_object& at) {
  location* it = atomics_.find(at.address);
  if (it != nullptr && it->size == at.size && nth_newest(*it, 0).value == at.in_memory) return it;
  const bool unseen = drop_atomics(at.address, at.size);
  it = atomics_.add(at.address);
  const place_number place = it == nullptr ? no_place : stores_.take();
  if (place == no_place) {
    limit_reached_ = "more than 4096 atomic objects, or more than 8192 values of them";
    drop_atomics(at.address, at.size);
    return nullptr;
  }
  store_record& first = stores_[place];
  first.value = at.in_memory;
  first.writer = no_thread;
  first.released = passed_on_unseen_;
  for (int i = 0; unseen && i < thread_count_; ++i) first.released.learn(view(i).known);
  it->size = at.size;
  it->count = 1;
  it->stores[0] = place;
  return it;
}

/// @returns whether there were any in these bytes.
bool memory_model::drop_atomics(std::uintptr_t address, std::size_t size) {
  constexpr std::uintptr_t largest = sizeof(atomic_value);
  bool found = false;
  const std::uintptr_t from = address < largest ? 0 : address - (largest - 1);
  atomics_.erase_if(from, address + size, [&](std::uintptr_t at, location& it) {
    if (at + it.size <= address && at != address) return false;
    for (int back = 0; back < it.count; ++back) {
      stores_.give_back(it.stores[static_cast<std::size_t>(back)]);
    }
    found = true;
    return true;
  });
  return found;
}

void memory_model::forget(std::uintptr_t address, std::size_t size) {
  drop_atomics(address, size);
  sync_objects_.erase_if(address, address + size,
                         [](std::uintptr_t, const sync_object&) { return true; });
}

}  // namespace workbook::harness::memory
