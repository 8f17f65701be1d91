#include "harness/sanitizers.hpp"

#include <link.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <string_view>
#include <utility>

#include "harness/memory_balance.hpp"
#include "harness/threads/probe_state.hpp"

// The runtimes' own functions. Those that are weak are null in a build without the runtime.
// Source: sanitizer/lsan_interface.h, sanitizer/allocator_interface.h.
// NOLINTBEGIN(readability-identifier-naming): the names are the runtimes'
extern "C" [[gnu::weak]] void __lsan_register_root_region(const void* begin, std::size_t size);
extern "C" int __lsan_is_turned_off();
extern "C" [[gnu::weak]] int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc_hook)(const volatile void*, std::size_t),
    void (*free_hook)(const volatile void*));
extern "C" [[gnu::weak]] std::size_t __sanitizer_get_current_allocated_bytes();
// NOLINTEND(readability-identifier-naming)

namespace workbook::harness {
namespace {

/// A child tries what LeakSanitizer's helper does.
bool may_be_traced_by_a_child() {
  const pid_t self = ::getpid();
  ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);  // where Yama asks for it
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) ::_exit(::ptrace(PTRACE_SEIZE, self, nullptr, nullptr) == 0 ? 0 : 1);
  int status = 1;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ::prctl(PR_SET_PTRACER, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool belongs_to_a_sanitizer(std::string_view library) {
  constexpr std::array runtimes{"/libasan.so", "/libubsan.so"};
  return std::ranges::any_of(
      runtimes, [&](std::string_view name) { return library.find(name) != library.npos; });
}

/// For dl_iterate_phdr(3): pointers in the variables of this library, or of the program, count.
int add_variables(dl_phdr_info* library, std::size_t /*size*/, void* /*unused*/) {
  if (belongs_to_a_sanitizer(library->dlpi_name)) return 0;
  for (const auto& segment : std::span(library->dlpi_phdr, library->dlpi_phnum)) {
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader says where things are in numbers
    const auto* const begin = reinterpret_cast<void*>(library->dlpi_addr + segment.p_vaddr);
    __lsan_register_root_region(begin, segment.p_memsz);
  }
  return 0;
}

std::atomic<const std::function<void()>*> the_hook = nullptr;

void on_allocation(const volatile void* /*memory*/, std::size_t /*size*/) {
  thread_probes::run_hook(the_hook);
}

void ignore(const volatile void* /*memory*/) {}

}  // namespace

bool leaks_can_be_found() {
  static const bool answer = may_be_traced_by_a_child();
  return answer;
}

void search_leaks_without_the_runtimes() {
  if (__lsan_register_root_region == nullptr) return;
  // At the end, when all libraries are known: a test may have loaded one. LeakSanitizer searches
  // after all handlers that were registered behind its own.
  std::atexit([] { ::dl_iterate_phdr(add_variables, nullptr); });
}

std::size_t allocated_bytes() {
  if (__sanitizer_get_current_allocated_bytes == nullptr) return 0;
  return __sanitizer_get_current_allocated_bytes();
}

bool after_allocation::available() {
  return !thread_sanitizer && __sanitizer_install_malloc_and_free_hooks != nullptr;
}
const char* after_allocation::unavailable_reason() {
  return "only AddressSanitizer can tell when a thread is given memory";
}

after_allocation::after_allocation(std::function<void()> hook) : hook_(std::move(hook)) {
  // There is no way to take a hook back, so one is installed, once.
  static const int installed = __sanitizer_install_malloc_and_free_hooks(on_allocation, ignore);
  the_hook = installed > 0 ? &hook_ : nullptr;
}
after_allocation::~after_allocation() { the_hook = nullptr; }

}  // namespace workbook::harness

// The sanitizers' runtimes ask these functions for their options when the program starts. Options
// in the environment (ASAN_OPTIONS, ...) still win. Source:
// github.com/google/sanitizers/wiki/SanitizerCommonFlags.
static_assert(workbook::harness::exit_code::address_sanitizer == 99);
static_assert(workbook::harness::exit_code::thread_sanitizer == 97);

// NOLINTBEGIN(readability-identifier-naming): the names are the runtimes'
extern "C" {

// LeakSanitizer asks before it looks. It need not where all memory is back. And without this a process
// that must not be traced would end with its exit code, as if there were a leak.
int __lsan_is_turned_off() {
  using namespace workbook::harness;
  return memory_balance::is_even() || !leaks_can_be_found() ? 1 : 0;
}

// LeakSanitizer is a part of AddressSanitizer and has its exit code.
// The stack frames that have returned are looked after in a small part of memory: in a large one, each
// test would touch hundreds of pages for the first time.
const char* __asan_default_options() {
  return "exitcode=99:detect_stack_use_after_return=1:max_uar_stack_size_log=16";
}
// What it searches instead of all variables: search_leaks_without_the_runtimes().
const char* __lsan_default_options() { return "use_globals=0"; }
const char* __ubsan_default_options() { return "exitcode=99:print_stacktrace=1"; }

// Halting at the first race keeps the report short, and the verdict early.
const char* __tsan_default_options() { return "exitcode=97:halt_on_error=1"; }

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
