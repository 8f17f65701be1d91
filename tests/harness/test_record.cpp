#include "harness/test_record.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "harness/child_process.hpp"
#include "harness/sanitizers.hpp"

namespace workbook::harness {
namespace {

std::string meaning_of_signal(int signal) {
  if (signal != SIGPIPE) return {};
  return "Writing to a connection whose client is gone raises SIGPIPE, which kills the whole "
         "process: pass MSG_NOSIGNAL to send.";
}

verdict judge_exit_code(int code, const transcript& told) {
  if (code == 0 && !told.finished) {
    return {test_status::failed, "the process ended before the test did", "", "", test_end::early};
  }
  if (code == 0)
    return {told.skipped.empty() ? test_status::passed : test_status::skipped, "", "", ""};
  if (!told.failure.empty()) return {test_status::failed, "", "", ""};
  switch (code) {
    case exit_code::address_sanitizer:
      // Leaks are looked for when all is over.
      return {test_status::failed, told.nothing_runs ? "memory leak" : "memory error",
              "  The sanitizer's report is above: its first frames in stages/ show the place.\n",
              ""};
    case exit_code::thread_sanitizer:
      return {test_status::failed, "data race",
              "  ThreadSanitizer's report is above: two threads, the same memory, and no order.\n",
              ""};
    default:
      return {test_status::failed, fmt::format("exit code {}", code), "", "",
              told.finished ? test_end::complete : test_end::early};
  }
}

constexpr std::size_t columns = 80;

std::string_view word_for(test_status status) {
  switch (status) {
    case test_status::passed: return "passed";
    case test_status::skipped: return "skipped";
    case test_status::failed: return "failed";
  }
  return "unknown";
}

std::string_view word_for(test_end end) {
  switch (end) {
    case test_end::complete: return "complete";
    case test_end::early: return "early";
    case test_end::hung: return "hung";
  }
  return "unknown";
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

std::string indented(const std::string& lines) {
  std::string result;
  std::istringstream in{lines};
  for (std::string line; std::getline(in, line);) result += "     " + line + '\n';
  return result;
}

std::string tell_steps(const test_record& record) {
  std::string text;
  const std::size_t kept = record.steps.size();
  const std::size_t failed = record.failed_step == 0 ? kept : std::min(record.failed_step, kept);
  for (std::size_t i = 0; i < kept; ++i) {
    const bool last = i + 1 == kept;
    if (last && record.step_count > kept) text += "  ...\n";
    const std::string number = fmt::format("  {}. ", last ? record.step_count : i + 1);
    const std::string& step = record.steps[i];
    text += number + wrap(i + 1 == failed ? step + " <- here" : step, number.size()) + '\n';
  }
  return text;
}

}  // namespace

verdict judge_exit(int wait_status, const transcript& told) {
  if (WIFEXITED(wait_status)) return judge_exit_code(WEXITSTATUS(wait_status), told);
  const int signal = WTERMSIG(wait_status);
  return {test_status::failed, fmt::format("killed by {}", signal_name(signal)), "",
          meaning_of_signal(signal)};
}

test_record record_of(const std::string& test, verdict ending, const transcript& told) {
  test_record record;
  record.test = test;
  record.ending = std::move(ending);
  record.todo = told.todo.view();
  record.blamed = told.blamed.view();
  record.meaning = told.meaning.view();
  record.unwritten = told.unwritten.view();
  record.unwritten_place = told.unwritten_place.view();
  record.step_count = told.step_count;
  record.failed_step = told.failed_step;
  for (std::size_t i = 0; i < std::min(record.step_count, transcript::max_steps); ++i) {
    record.steps.emplace_back(told.steps[i].view());
  }
  record.failure = told.failure.view();
  record.beside = told.beside.view();
  record.skipped = told.skipped.view();
  record.explored = told.explored.view();
  record.proof = told.proof.view();
  return record;
}

std::string tell(const test_record& record) {
  const verdict& ending = record.ending;
  if (ending.status == test_status::passed) {
    const std::string explored = record.explored.empty() ? "" : "  " + wrap(record.explored, 2);
    return fmt::format("{}  passed\n{}{}", record.test, explored, explored.empty() ? "" : "\n");
  }
  if (ending.status == test_status::skipped) {
    return fmt::format("[  SKIPPED ] {}: {}\n", record.test, record.skipped);
  }
  std::string text = fmt::format("{}\n  FAILED{}\n", record.test,
                                 ending.kind.empty() ? "" : fmt::format(" ({})", ending.kind));
  text += tell_steps(record);
  text += indented(record.failure);
  if (!record.beside.empty()) {
    text += fmt::format("  An exception escaped from the code that ran beside the test: {}\n",
                        wrap(fmt::format("'{}'", record.beside), 52));
  }
  text += ending.places;
  if (!ending.cause.empty()) text += fmt::format("  What happened: {}\n", wrap(ending.cause, 17));
  if (record.unwritten.empty() && !record.meaning.empty()) {
    text += fmt::format("  What this means: {}\n", wrap(record.meaning, 19));
  }
  if (!record.blamed.empty()) {
    text += fmt::format("  TODO {} · make hint-{:0>2} TODO={}\n", record.blamed,
                        record.blamed.substr(0, record.blamed.find('.')), record.blamed);
  }
  return text;
}

std::string to_json(const test_record& record) {
  const nlohmann::ordered_json json{
      {"test", record.test},
      {"status", word_for(record.ending.status)},
      {"ms", record.time.count()},
      {"used_percent", record.used_percent},
      {"end", word_for(record.ending.end)},
      {"todo", record.todo},
      {"blamed", record.blamed},
      {"unwritten", record.unwritten},
      {"unwritten_place", record.unwritten_place},
      {"kind", record.ending.kind},
      {"cause", record.ending.cause},
      {"meaning", record.meaning},
      {"steps", record.steps},
      {"step_count", record.step_count},
      {"failed_step", record.failed_step},
      {"failure", record.failure},
      {"beside", record.beside},
      {"places", record.ending.places},
      {"printed", record.printed},
      {"skipped", record.skipped},
      {"explored", record.explored},
      {"proof", record.proof},
      {"story", tell(record)},
  };
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace workbook::harness
