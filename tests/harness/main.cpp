#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/sanitizers.hpp"
#include "harness/supervisor.hpp"
#include "net/system_call.hpp"
#include "net/unique_fd.hpp"

// The main program of every test program: each test runs in a process of its own, under
// supervision, and tells its story.
// `--told=FD` reads the names of the tests from stdin, one a line, each with a blank and a word behind it
// that the record of the test gives back if it came to its end: so whoever asks knows that it did. It
// writes the record, a line of JSON, to the descriptor FD: stdout may have words of a learner's static
// object. To start a program with AddressSanitizer costs as much as a test; this way it is paid once.
// `--in-process` runs the tests as GoogleTest does, all in this process: for a debugger.

namespace {

using workbook::harness::supervise;
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

/// Asked before the first test is started, and so known to all of them.
bool leaks_are_looked_for() {
  return !workbook::harness::address_sanitizer || workbook::harness::leaks_can_be_found();
}

int run_supervised() {
  const auto names = selected_tests();
  if (names.empty()) {
    fmt::print(stderr, "No test matches '{}'.\n", std::string(testing::GTEST_FLAG(filter)));
    return 2;
  }
  if (!leaks_are_looked_for()) {
    fmt::print(
        "Memory leaks cannot be detected here: ptrace is not allowed. Go on without, or start the "
        "container with --cap-add=SYS_PTRACE.\n");
  }
  std::map<test_status, int> tests;
  for (const auto& name : names) {
    const auto record = supervise(WORKBOOK_SUITE, name);
    fmt::print("{}{}", record.printed, tell(record));
    std::fflush(stdout);
    ++tests[record.ending.status];
  }
  if (names.size() > 1) {
    fmt::print("{} passed, {} failed, {} skipped\n", tests[test_status::passed],
               tests[test_status::failed], tests[test_status::skipped]);
  }
  return tests[test_status::failed] == 0 ? 0 : 1;
}

/// Runs the tests whose names come from stdin, until its end, and writes their records.
int run_as_told(const workbook::unique_fd& records) {
  std::FILE* const names = ::fdopen(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), "r");
  if (names == nullptr || std::freopen("/dev/null", "r", stdin) == nullptr) {
    throw std::runtime_error("stdin cannot be read");
  }
  (void)leaks_are_looked_for();
  std::array<char, 512> line{};
  while (std::fgets(line.data(), line.size(), names) != nullptr) {
    const std::string told(line.data(), std::strcspn(line.data(), "\n"));
    const auto blank = std::min(told.find(' '), told.size());
    const std::string name = told.substr(0, blank);
    const std::string proof = told.substr(std::min(blank + 1, told.size()));
    const std::string record = to_json(supervise(WORKBOOK_SUITE, name, proof));
    for (std::string_view left = record; !left.empty();) {
      const auto count = ::write(records.get(), left.data(), left.size());
      if (count < 0) workbook::throw_errno("cannot write the record of a test");
      left.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  return 0;
}

int run(int argc, char** argv) {
  if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
  constexpr std::string_view told = "--told=";
  const std::string_view option = argc > 1 ? argv[1] : "";
  if (!option.starts_with(told)) return run_supervised();
  const workbook::unique_fd records(std::stoi(std::string(option.substr(told.size()))));
  ::fcntl(records.get(), F_SETFD, FD_CLOEXEC);
  return run_as_told(records);
}

}  // namespace

int main(int argc, char** argv) {
  workbook::harness::search_leaks_without_the_runtimes();
  testing::InitGoogleTest(&argc, argv);
  const bool in_process = argc > 1 && std::string(argv[1]) == "--in-process";
  if (in_process) return RUN_ALL_TESTS();
  try {
    const int code = run(argc, argv);
    // The tests have looked for leaks in their own processes; here it would cost time only.
    std::fflush(nullptr);
    std::_Exit(code);
  } catch (const std::exception& error) {
    fmt::print(stderr, "The harness itself failed: {}\n", error.what());
    return 3;
  }
}
