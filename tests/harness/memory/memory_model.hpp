#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "harness/memory/address_table.hpp"
#include "harness/memory/mapped_memory.hpp"
#include "harness/memory/vector_clock.hpp"

namespace workbook::harness::memory {

/// The bits of an atomic object; smaller ones are filled up with zeroes.
__extension__ using atomic_value = unsigned __int128;

/// An atomic object as an operation finds it. Memory always holds the newest store: whoever has
/// told the model of a store writes it there before the next operation on the object.
struct atomic_object {
  std::uintptr_t address;
  std::size_t size;  // 1, 2, 4, 8 or 16 bytes
  atomic_value in_memory;
};

/// What the caller wants to hear again from those who read his store; the model does not look at it.
struct store_origin {
  std::uintptr_t place = 0;  // in the source
  std::uint64_t trace = 0;   // its hash (trace_hash.hpp)
};

inline constexpr int no_thread = -1;

/// A value that an operation has read, and the store that it comes from.
struct loaded_value {
  atomic_value value = 0;
  bool newest = true;      // nothing was stored after it
  int writer = no_thread;  // no_thread: a plain write, or code that is not observed
  store_origin origin = {};
};

/// A mutex is held alone, or, if it is a shared one, together with others that only read.
enum class hold : std::uint8_t { alone, shared };

/// What C++20 says of memory, for one schedule: which step happens before which, and which stores a
/// load of an atomic may return. Threads take their steps one after the other; `thread` is the one
/// whose step it is. Knows no scheduler: tell it of each step, in the order of the schedule. Rules
/// are cited in memory_model.cpp, by the paragraphs of N4861.
///
/// Modification orders, and the order S of sequentially consistent operations, are the order of the
/// schedule. So a load may return an older store, but nothing ever comes from the future. Over all
/// schedules and all choices of `back`, exactly those executions of the standard are shown in which
/// no circle leads along program order, reads-from, modification order and S. The others are not:
/// load buffering (two loads that see each other's later store), 2+2W and S (stores to two objects
/// that end up in crossed orders), and those whose S runs against what was read from whom, which
/// [atomics.order]/6 permits where seq_cst is mixed with weaker orders. Nor are modelled: consume,
/// taken as acquire; that giving back memory happens before it is given out again
/// ([new.delete.dataraces]), on which no program can count; signal fences; that a store is seen in
/// the end ([atomics.order]/11).
///
/// A condition variable orders nothing: a wait releases the mutex and acquires it again, a
/// notification is no step here. A futex orders nothing either: FUTEX_WAIT compares with what is in
/// memory, which is a relaxed load of the newest store; a wake is no step. Semaphores, latches,
/// barriers, call_once and the guards of statics release and acquire like a mutex.
///
/// Not thread-safe: only the thread that takes the step calls it. Nothing blocks, throws or
/// allocates but the constructor: all memory comes from mmap(2) then (mapped_memory.hpp), so code in
/// front of malloc may call it.
class memory_model {
 public:
  /// The last stores to an object that a load may return. Older ones are forgotten.
  static constexpr int remembered_stores = 16;
  static constexpr std::size_t most_atomics = 1U << 12;
  static constexpr std::size_t most_stores = 1U << 13;  // remembered ones, of all objects
  static constexpr std::size_t most_sync_objects = 1U << 12;

  /// @throws std::system_error if the kernel has no memory.
  memory_model();

  /// A new schedule: thread 0 begins, nothing has happened yet.
  void start();
  /// `child` begins; its number is new in this schedule and below max_threads.
  void created(int parent, int child);
  /// `thread` takes no more steps.
  void ended(int thread);
  /// `ended` has ended before.
  void joined(int thread, int ended);

  void acquire(int thread, std::uintptr_t object, hold how = hold::alone);
  void release(int thread, std::uintptr_t object, hold how = hold::alone);

  /// The number of stores from which a load of this order may choose, at least 1. They are the
  /// newest ones: `back` = 0 stands for the newest, 1 for the one before it, …
  [[nodiscard]] int readable(int thread, const atomic_object& at, std::memory_order order);
  /// One of them. Not a step.
  [[nodiscard]] loaded_value peek(const atomic_object& at, int back);
  /// Those among the readable ones with which a strong compare_exchange that expects `expected` may
  /// fail: bit i stands for back = i. It fails by load(…, order, i). With bit 0 unset it may also
  /// succeed, by exchange(). A weak one may fail with each that is readable.
  [[nodiscard]] std::uint32_t may_fail_with(int thread, const atomic_object& at,
                                            atomic_value expected, std::memory_order order);

  loaded_value load(int thread, const atomic_object& at, std::memory_order order, int back);
  void store(int thread, const atomic_object& at, std::memory_order order, atomic_value value,
             const store_origin& origin = {});
  /// A read-modify-write: reads the newest store.
  loaded_value exchange(int thread, const atomic_object& at, std::memory_order order,
                        atomic_value value, const store_origin& origin = {});
  void fence(int thread, std::memory_order order);

  /// This memory is written plainly, given back, or new: no atomic and no mutex is there any more.
  /// To be told of each plain write, or the next object in this place inherits what was before.
  void forget(std::uintptr_t address, std::size_t size);

  /// What the thread knows now, for the shadow of plain memory.
  [[nodiscard]] const vector_clock& known_to(int thread) const { return view(thread).known.steps; }

  /// Null as long as everything is observed; else what there is too much of in this schedule: then
  /// its verdict, good or bad, means nothing.
  [[nodiscard]] const char* limit_reached() const { return limit_reached_; }
  /// Whether a store was forgotten in this schedule that a load might have returned: then there are
  /// more stale values than were offered.
  [[nodiscard]] bool forgot_stores() const { return forgot_stores_; }

 private:
  struct knowledge {
    vector_clock steps;
    std::uint32_t fence = 0;  // the place in S of the last seq_cst fence; 0: none
    void learn(const knowledge& other);
  };
  struct thread_view {
    bool runs;
    knowledge known;
    knowledge acquirable;        // what relaxed loads have found: for an acquire fence
    knowledge at_release_fence;  // what relaxed stores pass on
  };
  struct store_record {
    atomic_value value;
    int writer;
    store_origin origin;
    vector_clock seen;   // when each thread first wrote or read it
    std::uint32_t in_s;  // the first place in S that comes after it; 0: none yet
    knowledge released;  // what a reader acquires
  };
  struct location {
    std::size_t size;
    int count;
    std::array<place_number, remembered_stores> stores;  // in modification order
  };
  struct sync_object {
    knowledge released;        // by everybody
    knowledge released_alone;  // by those who held it alone
  };

  [[nodiscard]] thread_view& view(int thread) { return views_[static_cast<std::size_t>(thread)]; }
  [[nodiscard]] const thread_view& view(int thread) const {
    return views_[static_cast<std::size_t>(thread)];
  }
  [[nodiscard]] static std::uint32_t now(int thread, const thread_view& me) {
    return me.known.steps.of(thread);
  }
  static void pass_time(int thread, thread_view& me);
  [[nodiscard]] bool must_see(const thread_view& me, const store_record& it,
                              std::memory_order order) const;
  [[nodiscard]] location* find(const atomic_object& at);
  [[nodiscard]] store_record& nth_newest(const location& it, int back);
  loaded_value read(int thread, location& from, std::memory_order order, int back);
  void append(int thread, location& to, std::memory_order order, atomic_value value,
              const store_origin& origin, const knowledge& carried);
  [[nodiscard]] place_number place_for_store(location& it);
  bool drop_atomics(std::uintptr_t address, std::size_t size);
  [[nodiscard]] sync_object* find(std::uintptr_t object);

  mapped_array<thread_view> views_;
  int thread_count_ = 0;
  address_table<location> atomics_;
  mapped_pool<store_record> stores_;
  address_table<sync_object> sync_objects_;
  std::uint32_t length_of_s_ = 0;
  const char* limit_reached_ = nullptr;
  bool forgot_stores_ = false;
};

}  // namespace workbook::harness::memory
