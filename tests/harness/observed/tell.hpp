#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/threads/scheduler.hpp"

namespace workbook::harness::exploration {

/// Tells the scheduler of an access to memory, if the calling thread is explored. `code`: where it
/// is in the code, __builtin_return_address(0).
inline void tell(const void* at, std::size_t size, memory::access_kind kind, const void* code) {
  if (const auto explorer = scheduler::mine()) {
    explorer->access(at, size, kind, reinterpret_cast<std::uintptr_t>(code));
  }
}

}  // namespace workbook::harness::exploration
