#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "harness/transcript.hpp"

namespace workbook::harness {

enum class test_status { passed, skipped, failed };

/// How the process of a test ended: `early` when the test had not come to its end and nothing was wrong
/// yet, so by a call like exit(); `hung` when the supervisor had to end it.
enum class test_end { complete, early, hung };

/// How a test ended.
struct verdict {
  test_status status = test_status::failed;
  std::string kind;    ///< "hang, ...", "killed by SIGPIPE"; empty if an assertion failed
  std::string places;  ///< what is known beyond the transcript: where the threads were
  std::string cause;   ///< what kind of hang or death it was; may be empty
  test_end end = test_end::complete;
};

/// @returns the verdict for a test process that has ended with `wait_status`. Source: waitpid(2).
[[nodiscard]] verdict judge_exit(int wait_status, const transcript& told);

/// All that is known about one run of a test. A person reads it as a story, a program as JSON.
struct test_record {
  std::string test;  ///< "stage01.ServeConnection.AnswersOnce"
  verdict ending;
  std::chrono::milliseconds time{};
  int used_percent = 0;  ///< of the processor time that it may use

  std::string todo;             ///< which one it is about: "1.4"; empty if no TODO can break it
  std::string blamed;           ///< in which one a failure is to be looked for
  std::string meaning;          ///< what a failure means
  std::string unwritten;        ///< the TODO whose stub was called, if one was
  std::string unwritten_place;  ///< "stages/01_single/http.cpp:41"

  std::vector<std::string> steps;  ///< the last is the newest, in place of those that are left out
  std::size_t step_count = 0;
  std::size_t failed_step = 0;  ///< counted from 1; 0: no step was begun, or none failed
  std::string failure;          ///< the assertions that failed, or what ended the test
  std::string beside;           ///< what code that ran beside the test has thrown
  std::string printed;          ///< by the test and the code under test, and by sanitizers
  std::string skipped;          ///< why it was skipped
  std::string explored;         ///< how many schedules were tried, and within which bounds
  std::string proof;  ///< what supervise() was given; empty if the test did not reach its end
};

/// @returns the record of a test whose process has ended, without its times.
[[nodiscard]] test_record record_of(const std::string& test, verdict ending,
                                    const transcript& told);

/// @returns the story, at most 80 columns wide: the steps and where it stopped, what this means,
/// and the hint to ask for.
[[nodiscard]] std::string tell(const test_record& record);

/// @returns one line of JSON, with a newline at its end: every member, and the story that tell()
/// makes of them. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json(const test_record& record);

}  // namespace workbook::harness
