#pragma once

#include <functional>
#include <string>

namespace workbook {

/// Which counter threads hammer at the same time, and how hard.
struct race_options {
  std::string counter = "plain";  ///< plain, split or yours
  int runs = 100;                 ///< each with a new counter
  int rounds = 200'000;           ///< how often each thread counts up and down in a run
  int threads = 2;
};

/// The program race_lab: parses `--counter`, `--runs`, `--rounds` and `--threads`, and calls
/// `race`. CLI11 takes seconds to compile, so it is not in the file that is built with each edit.
/// @returns the exit code: 0 when `race` has returned; otherwise 1, after one sentence on stderr.
[[nodiscard]] int run_race_program(int argc, char** argv,
                                   const std::function<void(const race_options&)>& race);

}  // namespace workbook
