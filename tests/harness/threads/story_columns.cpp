#include "harness/threads/story_columns.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

#include <algorithm>

#include "harness/threads/story_words.hpp"

namespace workbook::harness::exploration {
namespace {

constexpr int max_lines = 40;
constexpr int first_rows = 8;  // shown when the middle of a long story is left out
constexpr std::size_t narrowest_column = 12;
constexpr std::size_t widest_column = 22;

/// The characters on the screen: bytes that only continue a UTF-8 character do not count.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t length = width(text);
  return text + std::string(length < columns ? columns - length : 1, ' ');
}

/// The column of each thread: only threads that take a step have one.
class columns {
 public:
  explicit columns(const story_words& words, int thread_count)
      : widths_(static_cast<std::size_t>(thread_count), 0) {
    for (int i = words.first_step(); i < words.end_of_steps(); ++i) {
      const event& e = words.step(i);
      std::size_t& column = widths_[static_cast<std::size_t>(e.thread)];
      column = std::max({column, narrowest_column, width(words.what(e)) + 2});
      column = std::min(column, widest_column);
    }
  }

  [[nodiscard]] std::string heading(const story_words& words) const {
    std::string text;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      if (widths_[i] > 0) text += padded(words.thread(static_cast<int>(i)), widths_[i]);
    }
    return text;
  }

  [[nodiscard]] std::string row(int thread, const std::string& what) const {
    std::string text;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      if (widths_[i] > 0) text += padded(static_cast<int>(i) == thread ? what : "", widths_[i]);
    }
    return text;
  }

 private:
  std::vector<std::size_t> widths_;
};

std::string draw_waits(const story_words& words, const shared_state& shared) {
  std::string text;
  for (int i = 0; i < shared.thread_count; ++i) {
    const thread_info& thread = shared.threads[static_cast<std::size_t>(i)];
    if (thread.state == thread_state::ended) continue;
    text += fmt::format("  {} {}\n", words.thread(i), words.waiting_for(thread));
    const bool seen = thread.last_event >= words.first_step();
    const std::string where = seen ? words.full_place(words.step(thread.last_event)) : "";
    if (!where.empty()) text += fmt::format("      at {}\n", where);
  }
  return text + "  and nobody is left who could wake them\n";
}

}  // namespace

std::string draw_story(const shared_state& shared) {
  const story_words words(shared);
  const columns table(words, shared.thread_count);
  const bool deadlock = shared.verdict == explore_verdict::deadlock;
  const std::string waits = deadlock ? draw_waits(words, shared) : "";
  const int used = 3 + static_cast<int>(std::count(waits.begin(), waits.end(), '\n'));
  const int rows = max_lines - used;
  const int first = words.first_step();
  const int steps = words.end_of_steps();
  const bool all_fit = steps - first <= rows;

  std::string text = "      " + table.heading(words) + "\n";
  bool interrupted = false;
  for (int i = first; i < steps; ++i) {
    if (!all_fit && i == first + first_rows) {
      const int next = steps - (rows - first_rows);
      text += fmt::format("      … {} steps left out …\n", next - i);
      i = next;
    }
    const event& e = words.step(i);
    interrupted = interrupted || e.interrupted;
    std::string row = fmt::format("{:>4}{} {}{}", i + 1, e.interrupted ? '!' : ' ',
                                  table.row(e.thread, words.what(e)), words.place(e));
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  if (interrupted) text += "   ! here the thread of the step before was interrupted\n";
  return text + waits;
}

}  // namespace workbook::harness::exploration

#endif
