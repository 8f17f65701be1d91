#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace workbook {

struct fork_join_options {
  std::size_t workers = 2;
  unsigned number = 25;  ///< of the Fibonacci number that is computed, at most 40
};

/// What came of it: the Fibonacci number, and how many jobs computed it.
struct fork_join_result {
  std::uint64_t value = 0;
  std::uint64_t jobs = 0;
  std::uint64_t elsewhere = 0;  ///< jobs that ran on another thread than the one that made them
};

/// The program fork_join: parses `--workers` and `--number`, calls `compute` and prints what came
/// of it. CLI11 takes seconds to compile, so it is not in the file that is built with each edit.
/// @returns the exit code: 0 when `compute` has returned; otherwise 1, after one sentence on stderr.
[[nodiscard]] int run_fork_join_program(
    int argc, char** argv,
    const std::function<fork_join_result(const fork_join_options&)>& compute);

}  // namespace workbook
