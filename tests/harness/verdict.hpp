#pragma once

#include <string>

#include "harness/transcript.hpp"

namespace workbook::harness {

enum class test_status { passed, skipped, failed };

/// How a test ended.
struct verdict {
  test_status status = test_status::failed;
  std::string kind;    ///< "hang, ...", "killed by SIGPIPE"; empty if an assertion failed
  std::string places;  ///< what is known beyond the transcript: where the threads were
  std::string cause;   ///< what kind of hang or death it was; may be empty
};

/// @returns the verdict for a test process that has ended with `wait_status`. Source: waitpid(2).
[[nodiscard]] verdict judge_exit(int wait_status, const transcript& story);

}  // namespace workbook::harness
