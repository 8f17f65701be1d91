#pragma once

#include <string>

#include "harness/transcript.hpp"

namespace workbook::harness {

/// Runs the one test `name` ("Suite.Name") in this process and writes its story into `shared`.
/// Prepares the process for its supervisor: stacks on request, no core files, the exception that
/// std::terminate was called for. `proof` goes into the transcript when the body of the test is over.
/// @returns the exit code of the process.
[[nodiscard]] int run_test_in_this_process(const std::string& name, transcript& shared,
                                           const std::string& proof);

}  // namespace workbook::harness
