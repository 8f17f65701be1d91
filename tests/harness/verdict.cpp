#include "harness/verdict.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <sstream>

#include "harness/exit_codes.hpp"
#include "harness/signal_name.hpp"

namespace workbook::harness {
namespace {

constexpr std::size_t columns = 80;

std::string meaning_of_signal(int signal) {
  if (signal != SIGPIPE) return {};
  return "Writing to a connection whose client has gone raises SIGPIPE, which kills the whole "
         "process: pass MSG_NOSIGNAL to send.";
}

verdict judge_exit_code(int code, const transcript& story) {
  if (code == 0 && !story.finished) {
    return {outcome::failed, "the process ended before the test did", "", ""};
  }
  if (code == 0) return {story.skipped.empty() ? outcome::passed : outcome::skipped, "", "", ""};
  if (!story.failure.empty()) return {outcome::failed, "", "", ""};
  switch (code) {
    case exit_code::address_sanitizer:
      // Leaks are looked for when all is over.
      return {outcome::failed, story.nothing_runs ? "memory leak" : "memory error",
              "  The sanitizer's report stands above: its first frames in stages/ are the place.\n",
              ""};
    case exit_code::thread_sanitizer:
      return {outcome::failed, "data race",
              "  ThreadSanitizer's report stands above: two threads, one place, no order.\n", ""};
    default: return {outcome::failed, fmt::format("exit code {}", code), "", ""};
  }
}

/// Breaks `text` at single spaces; the first line starts after `indent` columns that are already
/// there. Two spaces together may be what the text is about: they stay.
std::string wrap(std::string text_with_lines, std::size_t indent) {
  std::ranges::replace(text_with_lines, '\n', ' ');
  std::string_view text = text_with_lines;
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    auto end = text.find(' ');
    while (end != text.npos && text.substr(end).starts_with("  ")) {
      end = text.find(' ', text.find_first_not_of(' ', end));
    }
    const std::string_view word = text.substr(0, end);
    text = end == text.npos ? "" : text.substr(end + 1);
    if (column > indent && column + 1 + word.size() > columns) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

std::string indented(std::string_view lines) {
  std::string result;
  std::istringstream in{std::string(lines)};
  for (std::string line; std::getline(in, line);) result += "     " + line + '\n';
  return result;
}

std::string tell_steps(const transcript& story) {
  std::string text;
  const std::size_t count = story.step_count;
  const std::size_t kept = std::min(count, transcript::max_steps);
  const std::size_t failed =
      story.failed_step == 0 ? kept : std::min(story.failed_step.load(), kept);
  for (std::size_t i = 0; i < kept; ++i) {
    const bool last = i + 1 == kept;
    if (last && count > kept) text += "  ...\n";
    const std::string number = fmt::format("  {}. ", last ? count : i + 1);
    const std::string step(story.steps[i].view());
    text += number + wrap(i + 1 == failed ? step + " <- here" : step, number.size()) + '\n';
  }
  return text;
}

}  // namespace

verdict judge_exit(int wait_status, const transcript& story) {
  if (WIFEXITED(wait_status)) return judge_exit_code(WEXITSTATUS(wait_status), story);
  const int signal = WTERMSIG(wait_status);
  return {outcome::failed, fmt::format("killed by {}", signal_name(signal)), "",
          meaning_of_signal(signal)};
}

std::string tell(const std::string& name, const verdict& verdict, const transcript& story) {
  if (verdict.result == outcome::passed) return fmt::format("{}  passed\n", name);
  if (verdict.result == outcome::skipped) {
    return fmt::format("[  SKIPPED ] {}: {}\n", name, story.skipped.view());
  }
  std::string text = fmt::format("{}\n  FAILED{}\n", name,
                                 verdict.kind.empty() ? "" : fmt::format(" ({})", verdict.kind));
  text += tell_steps(story);
  text += indented(story.failure.view());
  if (!story.beside.empty()) {
    const std::string thrown = fmt::format("'{}'", story.beside.view());
    text += fmt::format("  An exception left the code that ran beside the test: {}\n",
                        wrap(thrown, 52));
  }
  text += verdict.details;
  const bool unwritten = story.failure.view().find("is not written yet") != std::string_view::npos;
  if (!verdict.cause.empty()) text += fmt::format("  What happened: {}\n", wrap(verdict.cause, 17));
  if (!unwritten && !story.meaning.empty()) {
    text += fmt::format("  What this means: {}\n", wrap(std::string(story.meaning.view()), 19));
  }
  if (!story.todo.empty()) {
    const std::string_view todo = story.todo.view();
    text += fmt::format("  TODO {} · make hint-{:0>2} TODO={}\n", todo,
                        todo.substr(0, todo.find('.')), todo);
  }
  return text;
}

}  // namespace workbook::harness
