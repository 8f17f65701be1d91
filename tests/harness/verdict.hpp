#pragma once

#include <string>

#include "harness/transcript.hpp"

namespace workbook::harness {

enum class outcome { passed, skipped, failed };

/// How a test ended, in words.
struct verdict {
  outcome result = outcome::failed;
  std::string kind;     ///< "hang, ...", "killed by SIGPIPE"; empty if an assertion failed
  std::string details;  ///< what is known beyond the transcript: stuck threads
  std::string cause;    ///< what kind of hang or death it was; may be empty
};

/// @returns the verdict for a test process that has ended with `wait_status`. Source: waitpid(2).
[[nodiscard]] verdict judge_exit(int wait_status, const transcript& story);

/// @returns the story of the test `name` ("stage01.ServeConnection.AnswersOnce"), at most 80
/// columns wide: the steps and where it stopped, what this means, and the hint to ask for.
[[nodiscard]] std::string tell(const std::string& name, const verdict& verdict,
                               const transcript& story);

}  // namespace workbook::harness
