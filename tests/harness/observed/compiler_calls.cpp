// What the compiler puts into code with -fsanitize=thread: a call for each access to memory and for
// each operation on an atomic. The sanitizer's own library is not linked: these functions stand in
// its place. In a thread under explore() they tell the scheduler; in every other thread they do the
// plain thing. Code that is compiled without the option is not seen.
// Source: gcc/sanitizer.def of GCC 12; compiler-rt/lib/tsan/rtl/tsan_interface{,_atomic}.h of LLVM.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "harness/observed/tell.hpp"
#include "harness/threads/scheduler.hpp"

namespace {

using namespace workbook::harness::exploration;
using workbook::harness::memory::access_kind;
using workbook::harness::memory::atomic_value;
using workbook::harness::memory::mix;

std::memory_order order_of(int passed) { return static_cast<std::memory_order>(passed & 7); }

// The calls that the calling thread is in, as far as they are of observed functions.
constexpr int deepest = 512;
constinit thread_local std::array<const void*, deepest> callers{};
constinit thread_local int depth = 0;

/// A number for a place in the code. Not optimised, all loads come from one place in <atomic>: so
/// the last callers belong to it.
std::uintptr_t site_of(const void* code) {
  constexpr int callers_that_count = 4;
  auto site = reinterpret_cast<std::uintptr_t>(code);
  for (int i = std::min(depth, deepest); i > 0 && i > depth - callers_that_count; --i) {
    const void* const caller = callers[static_cast<std::size_t>(i - 1)];
    site = mix(site, reinterpret_cast<std::uintptr_t>(caller));
  }
  return site;
}

template <class T>
atomic_place place_of(const volatile T* at) {
  return {const_cast<T*>(at), sizeof(T)};
}

template <class T>
T load(const volatile T* at, int order, const void* code) {
  if (const auto explorer = scheduler::mine()) {
    return static_cast<T>(explorer->load(place_of(at), order_of(order), site_of(code)));
  }
  return __atomic_load_n(at, __ATOMIC_SEQ_CST);
}

template <class T>
void store(volatile T* at, T value, int order, const void* code) {
  if (const auto explorer = scheduler::mine()) {
    explorer->store(place_of(at), order_of(order), value, site_of(code));
  } else {
    __atomic_store_n(at, value, __ATOMIC_SEQ_CST);
  }
}

template <class T>
T change_really(volatile T* at, change_kind how, T by) {
  switch (how) {
    case change_kind::exchange: return __atomic_exchange_n(at, by, __ATOMIC_SEQ_CST);
    case change_kind::add: return __atomic_fetch_add(at, by, __ATOMIC_SEQ_CST);
    case change_kind::subtract: return __atomic_fetch_sub(at, by, __ATOMIC_SEQ_CST);
    case change_kind::and_: return __atomic_fetch_and(at, by, __ATOMIC_SEQ_CST);
    case change_kind::or_: return __atomic_fetch_or(at, by, __ATOMIC_SEQ_CST);
    case change_kind::xor_: return __atomic_fetch_xor(at, by, __ATOMIC_SEQ_CST);
    case change_kind::nand: return __atomic_fetch_nand(at, by, __ATOMIC_SEQ_CST);
  }
  return by;
}

template <class T>
T change(volatile T* at, change_kind how, T by, int order, const void* code) {
  if (const auto explorer = scheduler::mine()) {
    return static_cast<T>(explorer->change(place_of(at), order_of(order), how, by, site_of(code)));
  }
  return change_really(at, how, by);
}

template <class T>
bool compare_exchange(volatile T* at, T* expected, T desired, const exchange_orders& orders,
                      const void* code) {
  if (const auto explorer = scheduler::mine()) {
    atomic_value seen = *expected;
    const bool exchanged =
        explorer->compare_exchange(place_of(at), seen, orders, desired, site_of(code));
    if (!exchanged) *expected = static_cast<T>(seen);
    return exchanged;
  }
  return __atomic_compare_exchange_n(at, expected, desired, orders.weak, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST);
}

}  // namespace

#define HERE __builtin_return_address(0)

// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): the compiler's names
extern "C" {

/// Called by each object file with such calls, before main().
void __tsan_init() { code_is_observed = true; }
void __tsan_func_entry(void* caller) {
  if (depth < deepest) callers[static_cast<std::size_t>(depth)] = caller;
  ++depth;
}
void __tsan_func_exit() { --depth; }

#define PLAIN_ACCESS(size)                                                                         \
  void __tsan_read##size(void* at) { tell(at, size, access_kind::read, HERE); }                    \
  void __tsan_write##size(void* at) { tell(at, size, access_kind::write, HERE); }                  \
  void __tsan_unaligned_read##size(void* at) { tell(at, size, access_kind::read, HERE); }          \
  void __tsan_unaligned_write##size(void* at) { tell(at, size, access_kind::write, HERE); }        \
  void __tsan_volatile_read##size(void* at) { tell(at, size, access_kind::read, HERE); }           \
  void __tsan_volatile_write##size(void* at) { tell(at, size, access_kind::write, HERE); }         \
  void __tsan_unaligned_volatile_read##size(void* at) { tell(at, size, access_kind::read, HERE); } \
  void __tsan_unaligned_volatile_write##size(void* at) {                                           \
    tell(at, size, access_kind::write, HERE);                                                      \
  }                                                                                                \
  void __tsan_read_write##size(void* at) { tell(at, size, access_kind::write, HERE); }             \
  void __tsan_unaligned_read_write##size(void* at) { tell(at, size, access_kind::write, HERE); }
PLAIN_ACCESS(1)
PLAIN_ACCESS(2)
PLAIN_ACCESS(4)
PLAIN_ACCESS(8)
PLAIN_ACCESS(16)
#undef PLAIN_ACCESS

void __tsan_read_range(void* at, std::size_t size) { tell(at, size, access_kind::read, HERE); }
void __tsan_write_range(void* at, std::size_t size) { tell(at, size, access_kind::write, HERE); }
void __tsan_vptr_read(void** at) { tell(at, sizeof *at, access_kind::read, HERE); }
/// Each destructor of a hierarchy writes it again: only a change counts.
void __tsan_vptr_update(void** at, void* value) {
  if (*at != value) tell(at, sizeof *at, access_kind::write, HERE);
}

using bits8 = std::uint8_t;
using bits16 = std::uint16_t;
using bits32 = std::uint32_t;
using bits64 = std::uint64_t;
__extension__ using bits128 = unsigned __int128;

#define CHANGE(n, name, how)                                                       \
  bits##n __tsan_atomic##n##_##name(volatile bits##n* at, bits##n by, int order) { \
    return change(at, change_kind::how, by, order, HERE);                          \
  }
#define ATOMIC(n)                                                                               \
  bits##n __tsan_atomic##n##_load(const volatile bits##n* at, int order) {                      \
    return load(at, order, HERE);                                                               \
  }                                                                                             \
  void __tsan_atomic##n##_store(volatile bits##n* at, bits##n value, int order) {               \
    store(at, value, order, HERE);                                                              \
  }                                                                                             \
  CHANGE(n, exchange, exchange)                                                                 \
  CHANGE(n, fetch_add, add)                                                                     \
  CHANGE(n, fetch_sub, subtract)                                                                \
  CHANGE(n, fetch_and, and_)                                                                    \
  CHANGE(n, fetch_or, or_)                                                                      \
  CHANGE(n, fetch_xor, xor_)                                                                    \
  CHANGE(n, fetch_nand, nand)                                                                   \
  int __tsan_atomic##n##_compare_exchange_strong(volatile bits##n* at, bits##n* expected,       \
                                                 bits##n desired, int order, int if_not) {      \
    return compare_exchange(at, expected, desired, {order_of(order), order_of(if_not), false},  \
                            HERE);                                                              \
  }                                                                                             \
  int __tsan_atomic##n##_compare_exchange_weak(volatile bits##n* at, bits##n* expected,         \
                                               bits##n desired, int order, int if_not) {        \
    return compare_exchange(at, expected, desired, {order_of(order), order_of(if_not), true},   \
                            HERE);                                                              \
  }                                                                                             \
  bits##n __tsan_atomic##n##_compare_exchange_val(volatile bits##n* at, bits##n expected,       \
                                                  bits##n desired, int order, int if_not) {     \
    compare_exchange(at, &expected, desired, {order_of(order), order_of(if_not), false}, HERE); \
    return expected;                                                                            \
  }
ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)
ATOMIC(128)
#undef ATOMIC
#undef CHANGE

void __tsan_atomic_thread_fence(int order) {
  if (const auto explorer = scheduler::mine()) {
    explorer->fence(order_of(order));
  } else {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  }
}
void __tsan_atomic_signal_fence(int /*order*/) {}

}  // extern "C"
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
