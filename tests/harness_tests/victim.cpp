#include "victim.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>

namespace workbook::harness {
namespace {

victim_result run(const std::string& command) {
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {"popen failed", -1};
  victim_result result;
  std::array<char, 4096> buffer;
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.output.append(buffer.data(), count);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

}  // namespace

victim_result run_victim(const std::string& filter) {
  return run(fmt::format("'{}' --gtest_filter='{}' 2>&1", VICTIMS, filter));
}

victim_result record_of_victim(const std::string& test, const std::string& word) {
  return run(fmt::format("echo '{} {}' | '{}' --told=3 3>&1 2>&1", test, word, VICTIMS));
}

}  // namespace workbook::harness
