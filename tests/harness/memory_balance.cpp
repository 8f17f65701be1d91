#include "harness/memory_balance.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "harness/sanitizers.hpp"

// Null in a build without a sanitizer's runtime. Source: sanitizer/allocator_interface.h.
// NOLINTNEXTLINE(readability-identifier-naming): the name is the runtime's
extern "C" [[gnu::weak]] int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc_hook)(const volatile void*, std::size_t),
    void (*free_hook)(const volatile void*));

namespace workbook::harness::memory_balance {
namespace {

// The sum of a number for each block that was given, less that of each block that was given back.
// The numbers are as good as random: that blocks which are not the same add up to zero is as
// unlikely as to guess 64 bits. AddressSanitizer gives an address again only after 256 MiB.
std::atomic<std::uint64_t> sum = 0;
std::atomic<bool> counts_given = false;
std::atomic<bool> counts_given_back = false;
thread_local int nesting = 0;  // how many not_counted live in this thread

/// Source: the last steps of MurmurHash3, github.com/aappleby/smhasher.
std::uint64_t number_of(const volatile void* block) {
  auto bits = reinterpret_cast<std::uintptr_t>(block);
  bits = (bits ^ bits >> 33) * 0xff51afd7ed558ccd;
  bits = (bits ^ bits >> 33) * 0xc4ceb9fe1a85ec53;
  return bits ^ bits >> 33;
}

void on_malloc(const volatile void* block, std::size_t /*size*/) {
  if (counts_given && nesting == 0) sum += number_of(block);
}

void on_free(const volatile void* block) {
  if (counts_given_back && nesting == 0) sum -= number_of(block);
}

}  // namespace

void begin() {
  if (!address_sanitizer || __sanitizer_install_malloc_and_free_hooks == nullptr) return;
  // There is no way to take a hook back.
  static const bool installed = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) > 0;
  sum = 0;
  counts_given = counts_given_back = installed;
}

void end() { counts_given_back = false; }

bool is_even() { return counts_given && sum == 0; }

not_counted::not_counted() { ++nesting; }
not_counted::~not_counted() { --nesting; }

}  // namespace workbook::harness::memory_balance
