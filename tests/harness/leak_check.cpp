#include "harness/leak_check.hpp"

#include <link.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <span>
#include <string_view>

// Source of both: sanitizer/lsan_interface.h. The first is null in a program without LeakSanitizer.
// NOLINTBEGIN(readability-identifier-naming): the names are the runtime's
extern "C" [[gnu::weak]] void __lsan_register_root_region(const void* begin, std::size_t size);
extern "C" int __lsan_is_turned_off();
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

}  // namespace workbook::harness

// LeakSanitizer asks before it looks. Without this a process that must not be traced would end with
// its exit code, as if there were a leak.
// NOLINTNEXTLINE(readability-identifier-naming): the name is the runtime's
extern "C" int __lsan_is_turned_off() { return workbook::harness::leaks_can_be_found() ? 0 : 1; }
