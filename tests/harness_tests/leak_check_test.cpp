// What is no leak: what a variable holds, and whatever there is where nobody can look.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "harness/child_process.hpp"
#include "harness/sanitizers.hpp"

namespace workbook::harness {
namespace {

/// From here on ptrace(2) fails in this process, as in a container. Source: seccomp(2).
void forbid_ptrace() {
  std::array<sock_filter, 4> filter{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),  // the number of the system call
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  sock_fprog program{filter.size(), filter.data()};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

process_end run_victims_without_ptrace(const std::string& arguments) {
  return run_in_child_process([&] {
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    forbid_ptrace();
    ::execl(VICTIMS, VICTIMS, arguments.c_str(), nullptr);
  });
}

TEST(LeakCheck, WithoutPtraceTheTestsOwnVerdictStands) {
  const auto end = run_victims_without_ptrace("--gtest_filter=Ending.Passed");
  EXPECT_EQ(end.ended_by, "exit code 0") << end.error_output;
  EXPECT_NE(end.error_output.find("victims.Ending.Passed  passed\n"), std::string::npos)
      << end.error_output;
  const bool says_so = end.error_output.find("ptrace is not allowed") != std::string::npos;
  EXPECT_EQ(says_so, address_sanitizer) << end.error_output;
}

// The build does it, to tell CTest which tests there are.
TEST(LeakCheck, WithoutPtraceAProgramCanListItsTests) {
  const auto end = run_victims_without_ptrace("--gtest_list_tests");
  EXPECT_EQ(end.ended_by, "exit code 0") << end.error_output;
}

// Each of these passes when LeakSanitizer, at the end of its process, finds the pointer.

TEST(LeakCheck, WhatAVariableOfTheProgramHoldsIsNoLeak) {
  static const char* held = nullptr;
  held = new char[100];
  EXPECT_NE(held, nullptr);
}

TEST(LeakCheck, WhatAVariableOfAThreadHoldsIsNoLeak) {
  thread_local const char* held = nullptr;
  held = new char[100];
  EXPECT_NE(held, nullptr);
}

TEST(LeakCheck, WhatAVariableOfALibraryHoldsIsNoLeak) {
  ::setenv("WORKBOOK_HELD_BY_THE_C_LIBRARY", std::string(100, 'x').c_str(), 1);
  EXPECT_NE(::getenv("WORKBOOK_HELD_BY_THE_C_LIBRARY"), nullptr);
}

}  // namespace
}  // namespace workbook::harness
