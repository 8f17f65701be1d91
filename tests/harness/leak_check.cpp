#include "harness/leak_check.hpp"

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

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

}  // namespace

bool leaks_can_be_found() {
  static const bool answer = may_be_traced_by_a_child();
  return answer;
}

}  // namespace workbook::harness

// LeakSanitizer asks before it looks. Without this a process that must not be traced would end with
// its exit code, as if there were a leak. Source: sanitizer/lsan_interface.h.
// NOLINTNEXTLINE(readability-identifier-naming): the name is the runtime's
extern "C" int __lsan_is_turned_off() { return workbook::harness::leaks_can_be_found() ? 0 : 1; }
