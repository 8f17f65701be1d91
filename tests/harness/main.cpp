#include <fmt/format.h>
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "harness/sanitizers.hpp"
#include "harness/supervisor.hpp"

// The main program of every test program: each test runs in a process of its own, under
// supervision.
// `--in-process` runs the tests as GoogleTest does, all in this process: for a debugger.

namespace {

using workbook::harness::test_status;

bool matches_any(const std::string& name, const std::string& patterns) {
  std::istringstream list(patterns);
  for (std::string pattern; std::getline(list, pattern, ':');) {
    if (::fnmatch(pattern.c_str(), name.c_str(), 0) == 0) return true;
  }
  return false;
}

/// GoogleTest's filter: patterns with colons between, then, after a '-', patterns to leave out.
bool selected(const std::string& name) {
  const std::string filter = testing::GTEST_FLAG(filter);
  const auto minus = filter.find('-');
  const std::string wanted = filter.substr(0, minus);
  if (minus != std::string::npos && matches_any(name, filter.substr(minus + 1))) return false;
  return wanted.empty() || matches_any(name, wanted);
}

std::vector<std::string> selected_tests() {
  std::vector<std::string> names;
  const testing::UnitTest& program = *testing::UnitTest::GetInstance();
  for (int s = 0; s < program.total_test_suite_count(); ++s) {
    const testing::TestSuite& suite = *program.GetTestSuite(s);
    for (int t = 0; t < suite.total_test_count(); ++t) {
      std::string name = fmt::format("{}.{}", suite.name(), suite.GetTestInfo(t)->name());
      if (selected(name)) names.push_back(std::move(name));
    }
  }
  return names;
}

int run_supervised() {
  const auto names = selected_tests();
  if (names.empty()) {
    fmt::print(stderr, "No test matches '{}'.\n", std::string(testing::GTEST_FLAG(filter)));
    return 2;
  }
  // Asked here once, and known to all tests.
  if (workbook::harness::address_sanitizer && !workbook::harness::leaks_can_be_found()) {
    fmt::print(
        "Memory leaks cannot be looked for here: ptrace is not allowed. Go on without, or start "
        "the "
        "container with --cap-add=SYS_PTRACE.\n");
  }
  std::map<test_status, int> tests;
  for (const auto& name : names) ++tests[workbook::harness::supervise(WORKBOOK_SUITE, name)];
  if (names.size() > 1) {
    fmt::print("{} passed, {} failed, {} skipped\n", tests[test_status::passed],
               tests[test_status::failed], tests[test_status::skipped]);
  }
  return tests[test_status::failed] == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  workbook::harness::search_leaks_without_the_runtimes();
  testing::InitGoogleTest(&argc, argv);
  const bool in_process = argc > 1 && std::string(argv[1]) == "--in-process";
  if (in_process) return RUN_ALL_TESTS();
  try {
    const int code = testing::GTEST_FLAG(list_tests) ? RUN_ALL_TESTS() : run_supervised();
    // The tests have looked for leaks in their own processes; here it would cost time only.
    std::fflush(nullptr);
    std::_Exit(code);
  } catch (const std::exception& error) {
    fmt::print(stderr, "The harness itself failed: {}\n", error.what());
    return 3;
  }
}
