#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "support/timeline.hpp"
#include "support/timeline_axis.hpp"

namespace workbook {
namespace {

constexpr std::size_t columns = 80;
constexpr std::size_t longest_label = 20;
constexpr std::size_t gap = 2;

// Work is drawn last, so that it stays visible where a column is too coarse for both.
constexpr segment_kind drawing_order[] = {segment_kind::waiting, segment_kind::queued,
                                          segment_kind::sending, segment_kind::working,
                                          segment_kind::rejected};

char symbol(segment_kind kind) {
  switch (kind) {
    case segment_kind::waiting: return '.';
    case segment_kind::queued: return ':';
    case segment_kind::sending: return '-';
    case segment_kind::working: return '#';
    case segment_kind::rejected: return 'x';
  }
  return '?';
}

std::string note(const timeline_row& row) {
  std::string text = outcome_in_words(row);
  for (const auto& segment : row.segments) {
    if (segment.thread != 0) text += fmt::format(", thread {}", segment.thread);
  }
  return text;
}

/// Maps times to columns.
struct text_scale {
  timeline_time end;
  std::size_t width;

  [[nodiscard]] std::size_t column(timeline_time time) const {
    return static_cast<std::size_t>(std::lround(time / end * static_cast<double>(width)));
  }
};

std::string bar(const timeline_row& row, const text_scale& scale) {
  std::string line(scale.width, ' ');
  for (const segment_kind kind : drawing_order) {
    for (const auto& segment : row.segments) {
      if (segment.kind != kind) continue;
      const auto from = std::min(scale.column(segment.from), scale.width - 1);
      const auto to = std::clamp(scale.column(segment.to), from + 1, scale.width);
      std::fill_n(line.begin() + static_cast<std::ptrdiff_t>(from), to - from, symbol(kind));
    }
  }
  return line;
}

/// A line with marks, and a line with their numbers below. Both begin at the bars' first column.
struct axis_lines {
  std::string marks;
  std::string numbers;
};

axis_lines axis(const text_scale& scale) {
  axis_lines lines{std::string(scale.width + 1, '-'), {}};
  for (const auto& tick : axis_ticks(scale.end)) {
    const auto at = scale.column(tick.at);
    lines.marks[at] = '+';
    const auto begin = at - std::min(at, tick.label.size() / 2);
    if (begin > lines.numbers.size() || begin == 0) {
      lines.numbers.resize(begin, ' ');
      lines.numbers += tick.label;
    }
  }
  lines.numbers += " s";
  return lines;
}

std::string legend(const timeline& picture) {
  std::string text;
  for (const segment_kind kind : drawing_order) {
    if (!contains(picture, kind)) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : "   ", symbol(kind), in_words(kind));
  }
  return text;
}

}  // namespace

std::string to_text(const timeline& picture) {
  std::size_t label_width = 0;
  std::size_t note_width = 0;
  for (const auto& row : picture.rows) {
    label_width = std::max(label_width, std::min(row.label.size(), longest_label));
    note_width = std::max(note_width, note(row).size());
  }
  // The last number of the axis and its " s" may reach over the end of the bars, into the notes.
  const auto taken = label_width + gap + gap + std::clamp<std::size_t>(note_width, 8, 36);
  const text_scale scale{end_of(picture), columns - taken};

  std::string text;
  if (!picture.title.empty()) text += picture.title.substr(0, columns) + "\n";
  for (const auto& row : picture.rows) {
    const std::string line = fmt::format("{:<{}}{:{}}{}{:{}}{}", row.label.substr(0, longest_label),
                                         label_width, "", gap, bar(row, scale), "", gap, note(row));
    text += line.substr(0, columns) + "\n";
  }
  const std::string margin(label_width + gap, ' ');
  const auto [marks, numbers] = axis(scale);
  const std::string words = legend(picture);
  return text + margin + marks + "\n" + margin + numbers + "\n" +
         margin.substr(0, columns - words.size()) + words + "\n";
}

}  // namespace workbook
