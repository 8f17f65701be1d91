#pragma once

#include <string>
#include <vector>

#include "support/timeline.hpp"

namespace workbook {

/// A mark on the axis of a timeline.
struct axis_tick {
  timeline_time at{};
  std::string label;  ///< "0.5"
};

/// @returns marks at round times from 0 to at most `end`: three to seven of them.
[[nodiscard]] std::vector<axis_tick> axis_ticks(timeline_time end);

/// @returns whether any segment of `picture` is of this kind: only then the legend explains it.
[[nodiscard]] bool contains(const timeline& picture, segment_kind kind);

/// @returns the words of the legend: "waiting", "sending its request", ...
[[nodiscard]] const char* in_words(segment_kind kind);

}  // namespace workbook
