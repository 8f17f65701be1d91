// The words of a verdict, and the places in it.

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <sstream>

#include "harness/sanitizers.hpp"
#include "harness/stacks.hpp"
#include "harness/test_record.hpp"

namespace workbook::harness {
namespace {

/// The wait status of a process that has called exit(code). Source: waitpid(2).
int exited(int code) { return code << 8; }

std::unique_ptr<transcript> finished_story() {
  auto story = std::make_unique<transcript>();
  story->finished = true;
  return story;
}

TEST(Verdict, OfAnExitCode) {
  const auto story = finished_story();
  EXPECT_EQ(judge_exit(exited(0), *story).status, test_status::passed);
  EXPECT_EQ(judge_exit(exited(7), *story).kind, "exit code 7");
  EXPECT_EQ(judge_exit(exited(exit_code::thread_sanitizer), *story).kind, "data race");
}

TEST(Verdict, TellsATestThatWasLeftFromOneThatFailed) {
  const auto left = std::make_unique<transcript>();
  EXPECT_EQ(judge_exit(exited(0), *left).status, test_status::failed);
  EXPECT_EQ(judge_exit(exited(0), *left).end, test_end::early);
  EXPECT_EQ(judge_exit(exited(7), *left).end, test_end::early);
  const auto story = finished_story();
  EXPECT_EQ(judge_exit(exited(0), *story).end, test_end::complete);
  EXPECT_EQ(judge_exit(exited(7), *story).end, test_end::complete);
}

TEST(Record, GivesBackWhatTheEndOfTheTestHasPutThere) {
  const auto story = finished_story();
  EXPECT_EQ(record_of("stage01.A.B", {}, *story).proof, "");
  story->proof.set("word");
  const std::string json = to_json(record_of("stage01.A.B", {}, *story));
  EXPECT_NE(json.find(R"("proof":"word")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("end":"complete")"), std::string::npos) << json;
}

TEST(Verdict, OfASignalIsItsName) {
  const auto story = finished_story();
  EXPECT_EQ(judge_exit(SIGSEGV, *story).kind, "killed by SIGSEGV");
  EXPECT_EQ(judge_exit(SIGPIPE, *story).kind, "killed by SIGPIPE");
}

TEST(Verdict, OfATestThatSaidWhyItWasSkipped) {
  const auto story = finished_story();
  story->skipped.set("no probes here");
  EXPECT_EQ(judge_exit(exited(0), *story).status, test_status::skipped);
}

TEST(Tell, FitsIntoEightyColumns) {
  const auto story = finished_story();
  std::string words;
  for (int i = 0; i < 30; ++i) words += "a long sentence ";
  story->meaning.set(words);
  story->steps[0].set(words);
  story->step_count = 1;
  std::istringstream lines(
      tell(record_of("stage01.A.B", {test_status::failed, "", "", words}, *story)));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(Tell, MarksTheStepOfTheFirstFailure) {
  const auto story = finished_story();
  for (const char* text : {"it begins", "it goes wrong", "it goes on"}) {
    story->steps[story->step_count++].set(text);
    if (story->step_count >= 2) story->note_failure();
  }
  const std::string told = tell(record_of("stage01.A.B", {}, *story));
  EXPECT_NE(told.find("  2. it goes wrong <- here\n  3. it goes on\n"), std::string::npos) << told;
}

TEST(Tell, KeepsTwoBlanksTogether) {
  const auto story = finished_story();
  story->steps[0].set("parse 'GET  / HTTP/1.1'");
  story->step_count = 1;
  const std::string told = tell(record_of("stage01.A.B", {}, *story));
  EXPECT_NE(told.find("  1. parse 'GET  / HTTP/1.1' <- here\n"), std::string::npos) << told;
}

TEST(Tell, EndsWithTheHintToAskFor) {
  const auto story = finished_story();
  story->blamed.set("1.4");
  const std::string first = tell(record_of("stage01.A.B", {}, *story));
  EXPECT_TRUE(first.ends_with("  TODO 1.4 · make hint-01 TODO=1.4\n")) << first;
  story->blamed.set("12.1");
  const std::string later = tell(record_of("stage12.A.B", {}, *story));
  EXPECT_TRUE(later.ends_with("  TODO 12.1 · make hint-12 TODO=12.1\n")) << later;
}

TEST(Record, IsOneLineOfJsonWhateverItSays) {
  const auto story = finished_story();
  story->failure.set("two\nlines, a \"quote\" and a byte that is no UTF-8: \xff");
  test_record record = record_of("stage01.A.B", {}, *story);
  record.time = std::chrono::milliseconds(12);
  const std::string json = to_json(record);
  EXPECT_EQ(std::ranges::count(json, '\n'), 1) << json;
  EXPECT_TRUE(json.starts_with(R"({"test":"stage01.A.B","status":"failed","ms":12,)")) << json;
  EXPECT_NE(json.find(R"(two\nlines, a \"quote\" and a byte that is no UTF-8: )"), json.npos)
      << json;
}

/// @returns the address behind the call of this function, as a stack has it.
[[gnu::noinline]] const void* where_i_am() { return __builtin_return_address(0); }

TEST(SourceLines, OfAKnownFrame) {
  const void* const here = where_i_am();
  const int line = __LINE__ - 1;
  const auto found = find_source_lines({here});
  if (found.empty()) GTEST_SKIP() << "no debug information, or no addr2line";
  const source_line& place = found.at(here).back();
  EXPECT_EQ(place.path, "tests/harness_tests/verdict_test.cpp");
  EXPECT_EQ(place.line, line);
  EXPECT_EQ(place.function, "TestBody");
}

TEST(SourceLines, OfAFrameInALibraryAreNone) {
  EXPECT_TRUE(find_source_lines({reinterpret_cast<const void*>(&::fputs)}).empty());
}

}  // namespace
}  // namespace workbook::harness
