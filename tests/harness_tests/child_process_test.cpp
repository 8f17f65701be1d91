#include "harness/child_process.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace workbook::harness {
namespace {

TEST(ChildProcess, TellsTheSignalAndWhatWasSaid) {
  const process_end end = run_in_child_process([] {
    std::fputs("this is the end\n", stderr);
    std::abort();
  });
  EXPECT_EQ(end.ended_by, "SIGABRT");
  EXPECT_EQ(end.error_output, "this is the end\n");
}

TEST(ChildProcess, TellsTheExitCode) {
  EXPECT_EQ(run_in_child_process([] { ::_exit(7); }).ended_by, "exit code 7");
  EXPECT_EQ(run_in_child_process([] {}).ended_by, "exit code 0");
}

TEST(ChildProcess, ChangesNothingHere) {
  int value = 1;
  (void)run_in_child_process([&] { value = 2; });
  EXPECT_EQ(value, 1);
}

}  // namespace
}  // namespace workbook::harness
