#include "harness/threads/trace.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/threads/step_words.hpp"

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
  columns(const step_words& words, int thread_count)
      : widths_(static_cast<std::size_t>(thread_count), 0) {
    for (const auto& [e, after_interruption] : words.rows()) {
      std::size_t& column = widths_[static_cast<std::size_t>(e->thread)];
      column = std::max({column, narrowest_column, width(words.what(*e)) + 2});
      column = std::min(column, widest_column);
    }
  }

  [[nodiscard]] std::string heading(const step_words& words) const {
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

std::string draw_waits(const step_words& words, const shared_state& shared) {
  std::string text;
  for (int i = 0; i < shared.thread_count; ++i) {
    const thread_info& thread = shared.threads[static_cast<std::size_t>(i)];
    if (thread.state == run_state::ended) continue;
    text += fmt::format("  {} {}\n", words.thread(i), words.waiting_for(thread));
    const bool seen = thread.last_event >= words.first_step();
    const std::string where = seen ? words.full_place(words.step(thread.last_event)) : "";
    if (!where.empty()) text += fmt::format("      at {}\n", where);
  }
  return text + "  and nobody is left who could wake them\n";
}

/// The two accesses that collide, in full.
std::string draw_race(const step_words& words, const shared_state& shared) {
  std::string text;
  for (const event& e : shared.racing) {
    const std::string place = words.full_place(e);
    text += fmt::format("  {} {} at {}\n", words.thread(e.thread), words.what(e),
                        place.empty() ? "(place unknown)" : place);
    const std::string source = words.source(e);
    if (!source.empty()) text += fmt::format("      {}\n", source);
  }
  const std::string raced = words.raced();
  if (!raced.empty()) text += fmt::format("  this is {}\n", raced);
  return text +
         (shared.verdict == explore_verdict::data_race ? "  and nothing orders the two\n" : "");
}

}  // namespace

std::string draw_trace(const shared_state& shared) {
  const step_words words(shared);
  const columns table(words, shared.thread_count);
  const bool deadlock = shared.verdict == explore_verdict::deadlock;
  const std::string end = deadlock       ? draw_waits(words, shared)
                          : shared.races ? draw_race(words, shared)
                                         : "";
  const int used = 3 + static_cast<int>(std::count(end.begin(), end.end(), '\n'));
  const int fitting = max_lines - used;
  const auto& rows = words.rows();
  const int count = static_cast<int>(rows.size());

  std::string text = "      " + table.heading(words) + "\n";
  bool interrupted = false;
  const event* stale = nullptr;
  for (int i = 0; i < count; ++i) {
    if (count > fitting && i == first_rows) {
      const int next = count - (fitting - first_rows);
      text += fmt::format("      … {} steps left out …\n", next - i);
      i = next;
    }
    const auto& [e, after_interruption] = rows[static_cast<std::size_t>(i)];
    interrupted = interrupted || after_interruption;
    if (e->what == operation::load_stale) stale = e;
    const char mark = after_interruption ? '!' : e->what == operation::load_stale ? '~' : ' ';
    std::string row = fmt::format("{:>4}{} {}{}", words.first_step() + i + 1, mark,
                                  table.row(e->thread, words.what(*e)), words.place(*e));
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  if (interrupted) text += "   ! here the thread of the step before was interrupted\n";
  if (stale != nullptr) {
    text += fmt::format("   ~ here {} still sees an old value, as the memory order permits\n",
                        words.thread(stale->thread));
  }
  return text + end;
}

}  // namespace workbook::harness::exploration

#endif
