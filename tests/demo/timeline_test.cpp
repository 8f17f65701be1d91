#include "support/timeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "harness/story.hpp"
#include "support/timeline_axis.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;
using enum segment_kind;

timeline one_behind_the_other() {
  return {"one thread",
          {{"client 1", {{working, 0s, 2s, 1}}},
           {"client 2", {{waiting, 100ms, 2s}, {working, 2s, 2001ms, 1}}}},
          2s};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(TimelineText, DrawsWaitingAndWork) {
  about("", "A row shows when its client waited and when a thread worked for it.");
  step("two clients, one thread");
  EXPECT_EQ(to_text(one_behind_the_other()), R"(one thread
client 1  #############################################  waited 0.00 s, thread 1
client 2    ..........................................#  waited 1.90 s, thread 1
          +----------+----------+-----------+----------+
          0.0       0.5        1.0         1.5        2.0 s
          . waiting   # working
)");
}

TEST(TimelineText, TellsTheServersQueueFromTheKernelsAndShowsWhoIsRejected) {
  about("", "Waiting counts in both queues; a rejected client has neither waited nor been served.");
  step("a client in both queues, and one that is rejected");
  const timeline picture{"",
                         {{"a", {{waiting, 0s, 1s}, {queued, 1s, 2s}, {working, 2s, 4s, 1}}},
                          {"b", {{rejected, 0s, 20ms}}}},
                         {}};
  EXPECT_EQ(to_text(picture),
            R"(a  .............:::::::::::::##########################  waited 2.00 s, thread 1
b  x                                                     rejected after 0.02 s
   +------------+------------+------------+------------+
   0            1            2            3            4 s
   . waiting   : queued   # working   x rejected
)");
  const std::string svg = to_svg(picture);
  EXPECT_EQ(count(svg, "fill=\"url(#queued)\""), 2u) << "the bar and the legend:\n" << svg;
  EXPECT_EQ(count(svg, ">rejected after 0.02 s</text>"), 1u) << svg;
}

TEST(TimelineText, ExplainsOnlyWhatItShows) {
  about("", "The legend names the kinds of segments that occur, and no others.");
  step("a client that only sends");
  const std::string text = to_text({"", {{"slow", {{sending, 0s, 1s}}}}, {}});
  EXPECT_NE(text.find("- sending its request\n"), text.npos) << text;
  EXPECT_EQ(text.find("working"), text.npos) << text;
}

TEST(TimelineText, ShowsTheShortestWork) {
  about("", "A segment shorter than a column still has a column, also at the end of the axis.");
  step("a microsecond of work at each end of a day");
  const std::string text = to_text(
      {"", {{"a", {{working, 0s, 1us}, {working, 24h - 1us, 24h}, {waiting, 1us, 24h}}}}, 24h});
  EXPECT_EQ(count(text.substr(0, text.find('\n')), "#"), 2u) << text;
}

TEST(TimelineText, KeepsTo80Columns) {
  about("", "No line is wider than a terminal of 80 columns.");
  const timeline_time lengths[] = {0s, 1ms, 7ms, 1s, 59s, 3600s, 1e6s};
  for (const auto length : lengths) {
    step("a timeline of " + std::to_string(length.count()) + " s");
    const std::string name(100, 'x');
    const auto text = to_text({name,
                               {{name, {{waiting, 0s, length}, {working, length, length, 12345}}},
                                {"short", {{sending, 0s, length}}}},
                               {}});
    EXPECT_LE(longest_line(text), 80u) << text;
  }
}

TEST(TimelineText, HasRoomForALegendOfAllKinds) {
  about("", "A legend that would not fit below the bars begins further left.");
  step("five kinds in the row of a long name");
  timeline_row row{std::string(100, 'x'), {}};
  for (const auto kind : {waiting, queued, sending, working, rejected}) {
    row.segments.push_back({kind, 0s, 1s});
  }
  const std::string text = to_text({"", {row}, {}});
  EXPECT_LE(longest_line(text), 80u) << text;
  EXPECT_NE(text.find("x rejected\n"), text.npos) << text;
}

TEST(TimelineText, DrawsNothingForNobody) {
  about("", "A timeline without rows is an axis.");
  step("no rows");
  EXPECT_EQ(count(to_text({}), "#"), 0u);
}

TEST(TimelineAxis, HasRoundNumbers) {
  about("", "The marks are 1, 2 or 5 times a power of ten apart, three to seven of them.");
  const auto labels = [](timeline_time end) {
    std::string all;
    for (const auto& tick : axis_ticks(end)) all += tick.label + " ";
    return all;
  };
  step("from milliseconds to hours");
  EXPECT_EQ(labels(1ms), "0.000 0.001 ");
  EXPECT_EQ(labels(2s), "0.0 0.5 1.0 1.5 2.0 ");
  EXPECT_EQ(labels(5s), "0 1 2 3 4 5 ");
  EXPECT_EQ(labels(5020ms), "0 1 2 3 4 5 ");
  EXPECT_EQ(labels(4300ms), "0 1 2 3 4 ");
  EXPECT_EQ(labels(1h), "0 1000 2000 3000 ");
}

TEST(TimelineSvg, DrawsSegmentsToScale) {
  about("", "Bars reach from pixel 330 (the beginning) to pixel 940 (the end of the axis).");
  step("half a second of waiting, half of work by thread 2");
  const std::string svg =
      to_svg({"", {{"a", {{waiting, 0s, 500ms}, {working, 500ms, 1s, 2}}}}, 1s});
  const std::string waiting_bar =
      R"-(x="330.0" y="142.5" width="305.0" height="65.0" fill="url(#waiting)")-";
  const std::string working_bar =
      R"-(x="635.0" y="142.5" width="305.0" height="65.0" fill="#c05f14")-";
  EXPECT_EQ(count(svg, waiting_bar), 1u) << svg;
  EXPECT_EQ(count(svg, working_bar), 1u) << svg;
  EXPECT_EQ(count(svg, ">waited 0.50 s</text>"), 1u) << svg;
}

TEST(TimelineSvg, EscapesText) {
  about("", "A label may contain what means something in XML, and bytes that XML does not know.");
  step("hostile labels");
  const std::string svg = to_svg({"<script>&\"", {{"a\x01<b>", {}}}, 1s});
  EXPECT_EQ(svg.find("<script"), svg.npos) << svg;
  EXPECT_EQ(count(svg, "&lt;script&gt;&amp;&quot;"), 2u) << "the title, twice:\n" << svg;
  EXPECT_EQ(count(svg, ">a?&lt;b&gt;</text>"), 1u) << svg;
}

TEST(TimelineSvg, NamesEachThreadOnce) {
  about("", "The legend has an entry for each thread, and at most ten.");
  timeline picture{"", {}, 1s};
  for (std::size_t thread = 1; thread <= 12; ++thread) {
    picture.rows.push_back({"row", {{working, 0s, 1ms, thread}, {working, 2ms, 3ms, thread}}});
  }
  step("twelve threads");
  const std::string svg = to_svg(picture);
  EXPECT_EQ(count(svg, ">thread 10</text>"), 1u) << svg;
  EXPECT_EQ(count(svg, ">thread 11</text>"), 0u) << svg;
  EXPECT_EQ(count(svg, ">more threads, same colours</text>"), 1u) << svg;
}

}  // namespace
}  // namespace workbook
