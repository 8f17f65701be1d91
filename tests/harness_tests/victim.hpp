#pragma once

#include <string>

namespace workbook::harness {

/// What a test of harness_victims said and how it ended.
struct victim_result {
  std::string output;
  int exit_code = -1;

  [[nodiscard]] bool says(const std::string& words) const {
    return output.find(words) != std::string::npos;
  }
};

/// Runs the tests of harness_victims that `filter` selects, each under its own supervisor.
/// Blocks until they have ended.
[[nodiscard]] victim_result run_victim(const std::string& filter);

/// The same for one test, whose record is what is said. `word` is what the end of the test gives back.
[[nodiscard]] victim_result record_of_victim(const std::string& test, const std::string& word);

}  // namespace workbook::harness
