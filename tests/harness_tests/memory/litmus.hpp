#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// Litmus tests: tiny programs, written as data, of which all outcomes are known.
namespace workbook::harness::memory::litmus {

inline constexpr auto relaxed = std::memory_order_relaxed;
inline constexpr auto consume = std::memory_order_consume;
inline constexpr auto acquire = std::memory_order_acquire;
inline constexpr auto release = std::memory_order_release;
inline constexpr auto acq_rel = std::memory_order_acq_rel;
inline constexpr auto seq_cst = std::memory_order_seq_cst;

/// The objects of a program. Atomics are 0 at first.
enum object_name : std::size_t { x, y, z, data, more_data, mutex, other_mutex };
inline constexpr std::size_t object_count = 7;

enum class act {
  load,
  wait_for,  // a load in a loop that ends when it returns `value`
  kernel_look,
  store,
  add,
  exchange,
  compare_exchange,
  fence,
  read,
  write,
  lock,
  unlock,
  lock_shared,
  unlock_shared,
};

struct instruction {
  act what;
  object_name object = x;
  std::memory_order order = relaxed;
  int value = 0;
  int expected = 0;
  std::memory_order if_it_fails = relaxed;
  std::optional<std::pair<int, int>> condition = {};

  /// The same, done only if the thread's read number `which`, from 0, has returned `value`.
  [[nodiscard]] instruction if_read(int which, int wanted) const {
    instruction it = *this;
    it.condition = {which, wanted};
    return it;
  }
  /// Whether it reads an atomic, so that its value is part of the outcome.
  [[nodiscard]] bool reads() const {
    return what <= act::kernel_look || (what >= act::add && what <= act::compare_exchange);
  }
};

inline instruction load(object_name from, std::memory_order order) {
  return {act::load, from, order};
}
inline instruction wait_for(object_name from, int value, std::memory_order order) {
  return {act::wait_for, from, order, value};
}
/// What FUTEX_WAIT does first.
inline instruction kernel_look(object_name at) { return {act::kernel_look, at}; }
inline instruction store(object_name to, int value, std::memory_order order) {
  return {act::store, to, order, value};
}
inline instruction add(object_name to, int value, std::memory_order order) {
  return {act::add, to, order, value};
}
inline instruction exchange(object_name with, int value, std::memory_order order) {
  return {act::exchange, with, order, value};
}
inline instruction compare_exchange(object_name at, int expected, int value,
                                    std::memory_order order, std::memory_order if_it_fails) {
  return {act::compare_exchange, at, order, value, expected, if_it_fails};
}
inline instruction fence(std::memory_order order) { return {act::fence, x, order}; }
inline instruction read(object_name from) { return {act::read, from}; }
inline instruction write(object_name to) { return {act::write, to}; }
inline instruction lock(object_name it) { return {act::lock, it}; }
inline instruction unlock(object_name it) { return {act::unlock, it}; }
inline instruction lock_shared(object_name it) { return {act::lock_shared, it}; }
inline instruction unlock_shared(object_name it) { return {act::unlock_shared, it}; }

using thread_program = std::vector<instruction>;

/// The thread that starts the others, which is not there while they run.
struct main_thread {
  thread_program before = {};
  thread_program after = {};
  bool joins = true;  // else `after` comes when they have ended, but nothing says so
};

using outcome_set = std::set<std::string>;

/// The outcomes of all interleavings, with all choices of a store for each load. An outcome is what
/// the atomics' reads return, thread by thread, a - for one that is not done: "1 0|1". Or it is
/// "race": nothing else is said of such an execution. Or it is "stuck".
[[nodiscard]] outcome_set outcomes(const std::vector<thread_program>& threads,
                                   const main_thread& main = {});
[[nodiscard]] inline bool races(const std::vector<thread_program>& threads,
                                const main_thread& main = {}) {
  return outcomes(threads, main).contains("race");
}

}  // namespace workbook::harness::memory::litmus
