#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "support/todo.hpp"

namespace workbook::harness {

/// Says which TODO a test is about and what it means when it fails: a diagnosis in the words of the
/// domain. Call it first in a test; `todo` is empty for tests that no TODO can break. Called again,
/// it says which other TODO is to blame for a failure from here on.
void about(std::string_view todo, std::string_view meaning);

/// Replaces the diagnosis, for the steps from here on.
void means(std::string_view meaning);

/// Says what the test does next. When the test fails, hangs or dies, the numbered steps are
/// printed, and the one in which it happened first is marked. These functions belong to the test's
/// own thread; they never block.
void step(std::string_view text);

/// A step that belongs to no test in particular, with a diagnosis of its own: when it is over and
/// nothing has failed in it, the story goes on as if it had not been.
class passing_step {
 public:
  passing_step(std::string_view text, std::string_view meaning);
  ~passing_step();
  passing_step(const passing_step&) = delete;
  passing_step& operator=(const passing_step&) = delete;

 private:
  const std::string meaning_before_;
  const std::size_t steps_before_;
};

/// Gives the test more time than the few seconds that every test has: for tests that run other
/// programs, or search through many schedules.
void allow_time(std::chrono::seconds limit);

/// Ends the process at once with a failed verdict: for a failure on another thread than the test's,
/// where the test would otherwise wait for ever for something that cannot happen any more.
[[noreturn]] void fail_now(std::string_view reason);

/// Notes that a stub was called, which explains all that follows.
void note_unwritten(const not_implemented& stub);

}  // namespace workbook::harness
