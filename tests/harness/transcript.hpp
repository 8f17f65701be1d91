#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <string_view>

#include "harness/sanitizers.hpp"

namespace workbook::harness {

/// Text of a fixed size, so that it can live in memory which two processes share. What does not fit
/// is cut off.
template <std::size_t Size>
class shared_text {
 public:
  void set(std::string_view text) noexcept {
    const std::size_t length = text.copy(text_.data(), Size - 1);
    text_[length] = '\0';
  }
  [[nodiscard]] std::string_view view() const noexcept { return text_.data(); }
  [[nodiscard]] bool empty() const noexcept { return text_[0] == '\0'; }

 private:
  std::array<char, Size> text_{};
};

/// Return addresses of one thread, innermost first, written by that thread when it is asked where
/// it is (see stack_capture).
struct captured_stack {
  static constexpr std::size_t max_frames = 48;

  std::atomic<pid_t> thread = 0;
  pid_t mutex_holder = 0;  // who holds the mutex that it waits for; 0: nobody, or it is not known
  std::atomic<std::size_t> frame_count = 0;  // written last: all is complete
  std::array<void*, max_frames> frames{};
};

/// What a test tells about itself while it runs. It lies in memory that the test's process shares
/// with its supervisor, so the story survives a hang, a crash and a kill.
///
/// One thread of the test writes, the test's own (code beside it writes `beside`); the supervisor
/// reads when that process has ended or stands still.
struct transcript {
  static constexpr std::size_t max_steps = 24;
  static constexpr std::size_t max_threads = 256;

  shared_text<16> todo;              // which one the test is about: "1.4"
  shared_text<16> blamed;            // which one its failure is to be looked for in
  shared_text<600> meaning;          // what a failure of this test means
  shared_text<16> unwritten;         // the TODO whose stub was called
  shared_text<200> unwritten_place;  // "stages/01_single/http.cpp:41"
  std::atomic<std::size_t> step_count = 0;
  std::atomic<std::size_t> failed_step = 0;  // the one of the first failure; 0: none, or before all
  std::array<shared_text<200>, max_steps> steps;  // the last holds the newest of all further steps
  shared_text<12000> failure;  // the assertions that failed (a trace of 40 steps with columns for
                               // eight threads fits), or the exception that ended the test
  shared_text<400> beside;     // what code under test has thrown on a thread in the background
  shared_text<400> skipped;    // the reason, if the test was skipped
  shared_text<400> explored;   // "11 835 schedules, at most 2 preemptions, all of them: no failure"
  std::atomic<bool> started = false;       // the test body has begun
  std::atomic<bool> finished = false;      // the test body is over
  shared_text<40> proof;                   // what the test was given to hand back at its end
  std::atomic<bool> nothing_runs = false;  // nor is there a thread that it has left behind
  std::atomic<int> seconds_allowed = deadline_seconds;

  // Threads that existed before the test: a sanitizer's own. They say nothing about progress.
  std::array<pid_t, 8> background_threads{};
  std::array<captured_stack, max_threads> stacks;

  /// Remembers at which step the test has failed first.
  void note_failure() noexcept {
    if (failed_step == 0) failed_step = step_count.load();
  }
};

/// @returns the transcript of this process's test. In a process without a supervisor it is private.
[[nodiscard]] transcript& current_transcript();

/// Makes `shared` the transcript of this process; call it before the test begins.
void use_transcript(transcript& shared);

}  // namespace workbook::harness
