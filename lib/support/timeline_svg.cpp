#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "support/svg.hpp"
#include "support/timeline.hpp"
#include "support/timeline_axis.hpp"

namespace workbook {
namespace {

using namespace svg;

// The picture: labels on the left, bars in the middle, notes on the right; axis and legend below.
constexpr double width = 1280;
constexpr double height = 720;
constexpr double bars_left = 330;
constexpr double bars_right = 940;
constexpr double bars_top = 110;
constexpr double axis_y = 560;
constexpr double legend_y = 640;
constexpr double margin = 30;

constexpr std::string_view sending_colour = "#f0cf6b";
constexpr std::string_view rejected_colour = "#d0202f";
constexpr std::array<std::string_view, 8> thread_colours = {
    "#2f6db5", "#c05f14", "#3f7f4a", "#8a3ea3", "#b5283c", "#14808a", "#80650f", "#5b6875"};

std::string_view colour(std::size_t thread) {
  return thread_colours[thread == 0 ? thread_colours.size() - 1
                                    : (thread - 1) % thread_colours.size()];
}

std::string_view fill(const timeline_segment& segment) {
  switch (segment.kind) {
    case segment_kind::waiting: return "url(#waiting)";
    case segment_kind::queued: return "url(#queued)";
    case segment_kind::sending: return sending_colour;
    case segment_kind::rejected: return rejected_colour;
    case segment_kind::working: break;
  }
  return colour(segment.thread);
}

double x_of(timeline_time time, timeline_time end) {
  return bars_left + time / end * (bars_right - bars_left);
}

std::string hatching(std::string_view id, int angle, std::string_view ink_of_lines) {
  return fmt::format(
      "<pattern id=\"{}\" width=\"12\" height=\"12\" patternUnits=\"userSpaceOnUse\" "
      "patternTransform=\"rotate({})\"><rect width=\"12\" height=\"12\" fill=\"#ffffff\"/>"
      "<rect width=\"4\" height=\"12\" fill=\"{}\"/></pattern>",
      id, angle, ink_of_lines);
}

std::string draw_segment(const timeline_segment& segment, timeline_time end, double y, double h) {
  constexpr double narrowest = 5;
  const double x = std::min(x_of(segment.from, end), bars_right - narrowest);
  const double w = std::max(x_of(segment.to, end) - x, narrowest);
  std::string svg = rectangle(x, y, w, h, fill(segment));
  const std::string who = fmt::format("thread {}", segment.thread);
  const double size = std::min(20.0, h * 0.6);
  if (segment.thread != 0 && w > 0.7 * size * static_cast<double>(who.size())) {
    svg += text_at(x + w / 2, y + h / 2 + size * 0.35, who, {size, "middle", "#ffffff"});
  }
  return svg;
}

std::string draw_row(const timeline_row& row, timeline_time end, double middle, double h) {
  constexpr double space = bars_left - margin - 20;
  const double size = std::min(22.0, h * 0.8);
  const double label_size = fitting_size(row.label, size, space);
  const std::string note = outcome_in_words(row);
  std::string svg =
      text_at(bars_left - 20, middle + label_size * 0.35, row.label, {label_size, "end"});
  svg +=
      text_at(bars_right + 24, middle + size * 0.35, note,
              {fitting_size(note, size, width - margin - bars_right - 24), "start", ink, "bold"});
  // Work is drawn last, so that it stays visible where it is very short.
  for (const bool work : {false, true}) {
    for (const auto& segment : row.segments) {
      if ((segment.kind == segment_kind::working) == work) {
        svg += draw_segment(segment, end, middle - h / 2, h);
      }
    }
  }
  return svg;
}

std::string group(std::string_view name, std::string_view parts) {
  return fmt::format("<g class=\"{}\">\n{}</g>\n", name, parts);
}

std::string draw_axis(timeline_time end) {
  std::string svg;
  for (const auto& tick : axis_ticks(end)) {
    const double x = x_of(tick.at, end);
    svg += fmt::format(
        "<line x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\" stroke=\"#c3cbd3\"/>\n", x,
        bars_top - 10, axis_y);
    svg += text_at(x, axis_y + 34, tick.label, {22, "middle"});
  }
  svg += fmt::format(
      "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{}\" stroke-width=\"2\"/>\n",
      bars_left, axis_y, bars_right, axis_y, ink);
  return svg + text_at(bars_right + 24, axis_y + 8, "seconds", {22});
}

/// Puts entries side by side, and below when the line is full.
class legend_writer {
 public:
  void add(std::string_view words, std::string_view paint) {
    const double needed = 60 + 14.0 * static_cast<double>(words.size());
    if (x_ + needed > width - margin) {
      x_ = margin;
      y_ += 34;
    }
    svg_ += rectangle(x_, y_ - 18, 26, 20, paint) + text_at(x_ + 36, y_, words, {22});
    x_ += needed;
  }
  [[nodiscard]] const std::string& svg() const { return svg_; }

 private:
  double x_ = margin;
  double y_ = legend_y;
  std::string svg_;
};

std::string draw_legend(const timeline& picture) {
  legend_writer legend;
  using enum segment_kind;
  for (const segment_kind kind : {waiting, queued, sending, rejected}) {
    if (contains(picture, kind)) legend.add(in_words(kind), fill({kind}));
  }
  std::set<std::size_t> threads;
  for (const auto& row : picture.rows) {
    for (const auto& segment : row.segments) {
      if (segment.kind == segment_kind::working) threads.insert(segment.thread);
    }
  }
  constexpr std::size_t most = 10;
  std::size_t shown = 0;
  for (const std::size_t thread : threads) {
    if (++shown > most) break;
    legend.add(thread == 0 ? "working" : fmt::format("thread {}", thread), colour(thread));
  }
  if (threads.size() > most) legend.add("more threads, same colours", "none");
  return legend.svg();
}

std::string description(const timeline& picture) {
  std::string words;
  for (const auto& row : picture.rows) {
    words += fmt::format("{} {}. ", row.label, outcome_in_words(row));
  }
  return words;
}

}  // namespace

std::string to_svg(const timeline& picture) {
  const timeline_time end = end_of(picture);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\" "
      "role=\"img\">\n<title>{2}</title>\n<desc>{3}</desc>\n",
      width, height, escaped(picture.title), escaped(description(picture)));
  svg += "<defs>" + hatching("waiting", 45, "#c3cbd3") + hatching("queued", -45, "#7d8a97") +
         "</defs>\n";
  svg += fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n", width, height);
  // The groups are named for pages that show the picture small, without its title and legend.
  svg +=
      group("title",
            text_at(width / 2, 60, picture.title,
                    {fitting_size(picture.title, 34, width - 2 * margin), "middle", ink, "bold"}));
  svg += draw_axis(end);
  const double row_height =
      std::min(130.0, (axis_y - bars_top) /
                          static_cast<double>(std::max<std::size_t>(picture.rows.size(), 1)));
  double middle = bars_top + row_height / 2;
  for (const auto& row : picture.rows) {
    svg += draw_row(row, end, middle, row_height * 0.5);
    middle += row_height;
  }
  return svg + group("legend", draw_legend(picture)) + "</svg>\n";
}

}  // namespace workbook
