// The static of a function is initialised once: what the compiler calls around that. The standard
// library's own functions are not compiled with the option that lets us see what they order.
// Source: Itanium C++ ABI, 3.3.3: the first byte of a guard says that the static is there, the rest
// is ours.
#include <sched.h>

#include <cstdint>

#include "harness/threads/scheduler.hpp"

namespace {

using workbook::harness::exploration::scheduler;

enum stage : int { untouched = 0, begun = 1, there = 2 };

int* stage_of(std::int64_t* guard) { return reinterpret_cast<int*>(guard) + 1; }

bool acquire_really(int* stage) {
  int expected = untouched;
  while (!__atomic_compare_exchange_n(stage, &expected, begun, false, __ATOMIC_SEQ_CST,
                                      __ATOMIC_SEQ_CST)) {
    if (expected == there) return false;
    expected = untouched;
    sched_yield();
  }
  return true;
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): the ABI's names
extern "C" {

int __cxa_guard_acquire(std::int64_t* guard) {
  if (const auto explorer = scheduler::mine()) {
    return explorer->begin_static(stage_of(guard), there) ? 1 : 0;
  }
  return acquire_really(stage_of(guard)) ? 1 : 0;
}

void __cxa_guard_release(std::int64_t* guard) {
  if (const auto explorer = scheduler::mine()) {
    explorer->end_static(stage_of(guard), there, guard);
  } else {
    __atomic_store_n(stage_of(guard), there, __ATOMIC_SEQ_CST);
    __atomic_store_n(reinterpret_cast<char*>(guard), char{1}, __ATOMIC_SEQ_CST);
  }
}

void __cxa_guard_abort(std::int64_t* guard) {
  if (const auto explorer = scheduler::mine()) {
    explorer->end_static(stage_of(guard), untouched, guard);
  } else {
    __atomic_store_n(stage_of(guard), untouched, __ATOMIC_SEQ_CST);
  }
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
