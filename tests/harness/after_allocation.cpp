#include "harness/after_allocation.hpp"

#include <atomic>
#include <cstddef>
#include <utility>

#include "harness/build_kind.hpp"
#include "harness/threads/probe_state.hpp"

namespace workbook::harness {
namespace {

std::atomic<const std::function<void()>*> the_hook = nullptr;

void on_allocation(const volatile void* /*memory*/, std::size_t /*size*/) {
  thread_probes::run_hook(the_hook);
}

void ignore(const volatile void* /*memory*/) {}

}  // namespace
}  // namespace workbook::harness

// NOLINTNEXTLINE(readability-identifier-naming): the name is the runtime's
extern "C" __attribute__((weak)) int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc_hook)(const volatile void*, std::size_t),
    void (*free_hook)(const volatile void*));

namespace workbook::harness {

bool after_allocation::available() {
  return !thread_sanitizer && __sanitizer_install_malloc_and_free_hooks != nullptr;
}
const char* after_allocation::unavailable_reason() {
  return "only AddressSanitizer tells when a thread is given memory";
}

after_allocation::after_allocation(std::function<void()> hook) : hook_(std::move(hook)) {
  // There is no way to take a hook back, so one is installed, once.
  static const int installed = __sanitizer_install_malloc_and_free_hooks(on_allocation, ignore);
  the_hook = installed > 0 ? &hook_ : nullptr;
}
after_allocation::~after_allocation() { the_hook = nullptr; }

}  // namespace workbook::harness
