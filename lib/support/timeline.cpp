#include "support/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/timeline_axis.hpp"

namespace workbook {
namespace {

struct tick_distance {
  double seconds;
  int decimals;
};

// The smallest of 1, 2, 5, 10, 20, 50 ... ms that needs at most six steps to the end.
tick_distance choose_distance(timeline_time end) {
  constexpr double most_steps = 6;
  double unit = 0.001;
  for (int decimals = 3;; --decimals, unit *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (end.count() <= most_steps * factor * unit) return {factor * unit, std::max(decimals, 0)};
    }
  }
}

}  // namespace

timeline_time end_of(const timeline& picture) {
  timeline_time end = std::max<timeline_time>(picture.length, std::chrono::milliseconds(1));
  for (const auto& row : picture.rows) {
    for (const auto& segment : row.segments) end = std::max(end, segment.to);
  }
  return end;
}

timeline_time waited(const timeline_row& row) {
  timeline_time sum{};
  for (const auto& segment : row.segments) {
    const bool waits =
        segment.kind == segment_kind::waiting || segment.kind == segment_kind::queued;
    if (waits) sum += segment.to - segment.from;
  }
  return sum;
}

std::string outcome_in_words(const timeline_row& row) {
  const auto rejected =
      std::ranges::find(row.segments, segment_kind::rejected, &timeline_segment::kind);
  if (rejected == row.segments.end()) return fmt::format("waited {:.2f} s", waited(row).count());
  return fmt::format("rejected after {:.2f} s", (rejected->to - rejected->from).count());
}

std::vector<axis_tick> axis_ticks(timeline_time end) {
  const auto [distance, decimals] = choose_distance(end);
  std::vector<axis_tick> ticks;
  for (int i = 0; i * distance <= end.count(); ++i) {
    ticks.push_back({timeline_time(i * distance), fmt::format("{:.{}f}", i * distance, decimals)});
  }
  return ticks;
}

bool contains(const timeline& picture, segment_kind kind) {
  return std::ranges::any_of(picture.rows, [kind](const timeline_row& row) {
    return std::ranges::count(row.segments, kind, &timeline_segment::kind) > 0;
  });
}

const char* in_words(segment_kind kind) {
  switch (kind) {
    case segment_kind::waiting: return "waiting";
    case segment_kind::queued: return "queued";
    case segment_kind::sending: return "sending its request";
    case segment_kind::working: return "working";
    case segment_kind::rejected: return "rejected";
  }
  return "unknown";
}

}  // namespace workbook
