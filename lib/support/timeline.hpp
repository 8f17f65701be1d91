#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace workbook {

/// Seconds since the beginning of a timeline. Finite and not negative.
using timeline_time = std::chrono::duration<double>;

enum class segment_kind {
  waiting,   ///< nobody works for the client
  queued,    ///< likewise: it waits in the server's own queue
  sending,   ///< the client is still sending its request
  working,   ///< a thread of the server works for the client
  rejected,  ///< the server was too busy and says so
};

struct timeline_segment {
  segment_kind kind{};
  timeline_time from{};
  timeline_time to{};
  std::size_t thread = 0;  ///< the thread that works, counted from 1; 0: unknown
};

/// What happened to one client.
struct timeline_row {
  std::string label;
  std::vector<timeline_segment> segments;
};

/// Who waited and who was served when. Plain data: the same timeline is always drawn the same way.
struct timeline {
  std::string title;
  std::vector<timeline_row> rows;
  timeline_time length{};  ///< the axis reaches at least so far: gives several timelines one scale
};

/// @returns where the axis ends: `length` or the end of the last segment; at least a millisecond.
[[nodiscard]] timeline_time end_of(const timeline& picture);

/// @returns "waited 1.90 s", or "rejected after 0.00 s".
[[nodiscard]] std::string outcome_in_words(const timeline_row& row);

/// @returns how long the client of this row waited, the time in the server's queue included.
[[nodiscard]] timeline_time waited(const timeline_row& row);

/// Draws `picture` for a terminal: a line for each row, an axis in seconds, a legend. No line has
/// more than 80 columns; long labels are cut. Every segment has at least one column; work covers
/// waiting. Labels and title are ASCII.
[[nodiscard]] std::string to_text(const timeline& picture);

/// Draws `picture` as an SVG of 1280 x 720 pixels that needs no other file. The colour of a working
/// segment tells its thread. Readable on a projector with up to about 15 rows.
/// Labels and title are UTF-8.
[[nodiscard]] std::string to_svg(const timeline& picture);

}  // namespace workbook
