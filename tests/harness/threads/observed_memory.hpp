#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "harness/memory/memory_model.hpp"
#include "harness/memory/shadow.hpp"
#include "harness/memory/trace_hash.hpp"
#include "harness/threads/exploration.hpp"

/// What the explorer knows of the memory of the code under test, where that code tells it: it was
/// compiled with -fsanitize=thread, and the functions of harness/observed/ stand in for the
/// sanitizer's own.
namespace workbook::harness::exploration {

/// Whether there is such code in this program. Set before main().
inline constinit bool code_is_observed = false;

/// An atomic object: where it lies, and its size in bytes: 1, 2, 4, 8 or 16.
struct atomic_place {
  void* address;
  std::size_t size;
};

[[nodiscard]] inline std::uint64_t number_of(operation what) {
  return static_cast<std::uint64_t>(what);
}
[[nodiscard]] inline std::uintptr_t number_of(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address);
}

/// As the memory model wants to see it. All machines of the workbook are little-endian.
[[nodiscard]] inline memory::atomic_object object_at(const atomic_place& place) {
  memory::atomic_object it{number_of(place.address), place.size, 0};
  std::memcpy(&it.in_memory, place.address, place.size);
  return it;
}

/// A read-modify-write.
enum class change_kind : std::uint8_t { exchange, add, subtract, and_, or_, xor_, nand };

/// A look at an atomic, to notice a thread that looks at the same one again and again.
struct look {
  std::uintptr_t place;  // in the code
  const void* address;
  std::uintptr_t news;  // the number of what it saw
};

/// What a thread has seen since it last did, or saw, something new.
struct looks_in_vain {
  std::vector<look> seen;
  int in_a_row = 0;
};

struct observed_memory {
  memory::memory_model model;
  memory::shadow accesses;
  memory::trace_hash trace;
  std::array<looks_in_vain, max_threads> looks;
  std::uintptr_t news = 0;  // the number of the last store that changed something
  int turns_in_vain = 0;    // of threads that look again, since anything has changed
  // While a trace is recorded:
  std::vector<event> told = {};         // all accesses, by memory_access::place
  std::vector<event> allocations = {};  // the last one of a block is the present one

  /// A new schedule.
  void start() {
    model.start();
    accesses.start();
    trace.start();
    for (looks_in_vain& it : looks) it = {};
    news = 0;
    turns_in_vain = 0;
    told.clear();
    allocations.clear();
  }
};

}  // namespace workbook::harness::exploration
