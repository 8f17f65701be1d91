#include "harness/test_process.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string_view>
#include <thread>

#include "harness/memory_balance.hpp"
#include "harness/process_state.hpp"
#include "harness/sanitizers.hpp"
#include "harness/stacks.hpp"
#include "harness/story.hpp"
#include "support/todo.hpp"

namespace workbook::harness {
namespace {

/// An assertion with an explanation, "Value of: … Actual: false (EXPLANATION) Expected: true", is
/// the explanation alone: the expression, which may be a whole lambda, stands in the source. So is
/// that of an ADD_FAILURE(): "Failed", and a line for the EXPLANATION.
std::string_view explanation(std::string_view message) {
  constexpr std::string_view failed = "Failed\n";
  if (message.starts_with(failed)) return message.substr(failed.size());
  constexpr std::string_view before = "\n  Actual: false (";
  constexpr std::string_view after = ")\nExpected: true";
  const auto begin = message.find(before);
  const auto end = message.rfind(after);
  if (!message.starts_with("Value of: ") || begin == message.npos || end == message.npos) {
    return message;
  }
  return message.substr(begin + before.size(), end - begin - before.size());
}

/// Puts GoogleTest's results into the transcript; the supervisor prints them.
class transcript_writer : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo& /*test*/) override {
    current_transcript().started = true;
    memory_balance::begin();
  }

  void OnTestEnd(const testing::TestInfo& /*test*/) override {
    current_transcript().finished = true;
  }

  void OnTestPartResult(const testing::TestPartResult& result) override {
    transcript& out = current_transcript();
    if (result.skipped()) {
      out.skipped.set(result.message());
    } else if (result.failed()) {
      failures_ += fmt::format("{}\n", explanation(result.message()));
      if (result.file_name() != nullptr) {
        const std::filesystem::path file(result.file_name());
        failures_ += fmt::format("  ({}:{})\n", file.filename().string(), result.line_number());
      }
      out.failure.set(failures_);
      out.note_failure();
    }
  }

  std::string failures_;
};

void remember_exception_and_abort() {
  std::string reason = "std::terminate was called";
  if (const std::exception_ptr error = std::current_exception()) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& exception) {
      reason = fmt::format("an exception left a thread: {}", exception.what());
    } catch (...) {
      reason = "an exception that is not a std::exception left a thread";
    }
  } else {
    reason += ": a std::thread was destroyed or assigned to while it was joinable";
  }
  current_transcript().note_failure();
  current_transcript().failure.set(reason);
  std::abort();
}

void leave_no_core_files() {
  const rlimit no_core_files{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core_files);
}

void remember_background_threads(transcript& shared) {
  // ThreadSanitizer starts its own thread together with the first one of the program.
  if (thread_sanitizer) std::thread([] {}).join();
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    const auto thread = static_cast<pid_t>(std::stol(entry.path().filename().string()));
    if (thread != ::getpid() && count < shared.background_threads.size()) {
      shared.background_threads[count++] = thread;
    }
  }
}

}  // namespace

int run_test_in_this_process(const std::string& name, transcript& shared) {
  use_transcript(shared);
  leave_no_core_files();
  remember_background_threads(shared);
  answer_stack_requests();
  on_not_implemented = [](const not_implemented& stub) {
    note_unwritten(stub);
    fail_now(stub.what());
  };
  std::set_terminate(remember_exception_and_abort);

  testing::GTEST_FLAG(filter) = name;
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(new transcript_writer);
  const std::size_t threads_before = thread_count();
  const int code = RUN_ALL_TESTS();
  // A thread that was left behind may be in the middle of what a sanitizer has to say about it. The
  // search for leaks locks what the report needs, and the report what the search needs.
  (void)eventually([&] { return thread_count() <= threads_before; });
  shared.nothing_runs = true;
  memory_balance::end();
  return code;
}

}  // namespace workbook::harness
