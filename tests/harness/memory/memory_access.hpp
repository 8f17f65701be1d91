#pragma once

#include <cstdint>

namespace workbook::harness::memory {

/// What is done to memory. A read-modify-write is an atomic_write, a compare_exchange that fails an
/// atomic_read.
enum class access_kind : std::uint8_t { read, write, atomic_read, atomic_write, free };

/// What is done, by whom, and where in the source: an address of code, or whatever the caller can
/// make a line of; nobody else looks at it.
struct memory_access {
  access_kind kind;
  int thread;
  std::uintptr_t place;
};

}  // namespace workbook::harness::memory
