#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/memory/address_table.hpp"
#include "harness/memory/vector_clock.hpp"

namespace workbook::harness::memory {

/// A number for what has happened so far in a schedule. Two beginnings that differ only in the order
/// of independent steps have the same one: each step is hashed with the step before it in its thread
/// and those before it that it depends on, and the sum over all steps does not know their order.
/// Beginnings that differ in anything else have different ones, but for a collision of 64 bits.
///
/// Objects are told apart by their addresses but only their histories are hashed: memory may lie
/// elsewhere in another schedule. That is enough because a thread is determined by its own history.
///
/// Of an atomic: a store is a change, whose hash is kept with the store (store_origin); a load is a
/// step after the store that it reads, whichever that is, and needs no place among the stores; a
/// read-modify-write is a change. A seq_cst fence is a change of S, as an object of its own, and each
/// seq_cst operation is a look at S besides.
///
/// Source: the happens-before signatures of CHESS (Musuvathi et al., OSDI 2008), for traces in the
/// sense of Mazurkiewicz (1977).
///
/// Not thread-safe. Nothing allocates but the constructor (mapped_memory.hpp).
class trace_hash {
 public:
  /// Objects beyond these count as one, so their steps depend on each other.
  static constexpr std::size_t most_objects = 1U << 12;

  /// @throws std::system_error if the kernel has no memory.
  trace_hash() : objects_(most_objects) {}

  /// A new schedule: nothing has happened yet.
  void start() {
    sum_ = 0;
    last_.fill(0);
    objects_.clear();
    others_ = 0;
  }

  /// A step of `thread` that depends on its own steps before and on one other, by its hash: a load
  /// on the store that it reads, a store on the one before it.
  /// @returns its own hash. Steps with the same history but another `what` have another one.
  std::uint64_t step(int thread, std::uint64_t what, std::uint64_t after = 0) {
    std::uint64_t& last = last_[static_cast<std::size_t>(thread)];
    last = mix(mix(mix(last, static_cast<std::uint64_t>(thread) + 1), what), after);
    sum_ += last;
    return last;
  }
  /// A step that comes after all of another thread's so far: the first of a new thread, a join.
  std::uint64_t step_after(int thread, std::uint64_t what, int other) {
    return step(thread, what, last_[static_cast<std::size_t>(other)]);
  }
  /// A step on an object that looks at it and leaves it as it is: depends on the last change only,
  /// so several of these commute.
  std::uint64_t look(int thread, std::uint64_t what, std::uintptr_t object) {
    return step(thread, what, last_change_of(object));
  }
  /// A step on an object that changes it. That a look came before it, and not after, the look says.
  std::uint64_t change(int thread, std::uint64_t what, std::uintptr_t object) {
    std::uint64_t& last = last_change_of(object);
    last = step(thread, what, last);
    return last;
  }
  /// What lies in this memory from now on is new.
  void forget(std::uintptr_t address, std::size_t size) {
    objects_.erase_if(address, address + size, [](std::uintptr_t, std::uint64_t) { return true; });
  }

  [[nodiscard]] std::uint64_t sum() const { return sum_; }

 private:
  [[nodiscard]] std::uint64_t& last_change_of(std::uintptr_t object) {
    std::uint64_t* it = objects_.find(object);
    if (it == nullptr) it = objects_.add(object);
    return it != nullptr ? *it : others_;
  }

  std::uint64_t sum_ = 0;
  std::array<std::uint64_t, max_threads> last_{};
  address_table<std::uint64_t> objects_;  // the last change of each
  std::uint64_t others_ = 0;
};

}  // namespace workbook::harness::memory
