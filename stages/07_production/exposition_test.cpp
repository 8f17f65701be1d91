#include <gtest/gtest.h>

#include <exposition.hpp>
#include <string>

#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

/// @returns the only line of a page with one sample in a family called `x`, without its head.
std::string line_of(const label_set& labels, double value) {
  exposition page;
  page.family("x", "gauge", "Help.");
  page.sample(labels, value);
  const std::string head = "# HELP x Help.\n# TYPE x gauge\n";
  EXPECT_TRUE(page.text().starts_with(head)) << page.text();
  return page.text().substr(head.size());
}

TEST(Exposition, WritesASampleInALine) {
  about("7.2", "A sample is a name, a blank, and a number; the line ends in a line feed.");
  step("samples without labels");
  EXPECT_EQ(line_of({}, 3), "x 3\n");
  EXPECT_EQ(line_of({}, 0.25), "x 0.25\n");
  EXPECT_EQ(line_of({}, 0), "x 0\n");
}

TEST(Exposition, WritesLabelsInBraces) {
  about("7.2", "Labels stand in braces, their values in quotes, with commas between them.");
  step("one label, and two");
  EXPECT_EQ(line_of({{"route", "/fast"}}, 1), "x{route=\"/fast\"} 1\n");
  EXPECT_EQ(line_of({{"route", "/fast"}, {"status", "200"}}, 7),
            "x{route=\"/fast\",status=\"200\"} 7\n");
  EXPECT_EQ(line_of({{"route", ""}}, 1), "x{route=\"\"} 1\n");
}

TEST(Exposition, EscapesWhatWouldEndALabel) {
  about("7.2",
        "A quote would end the value, a line feed the line, and a backslash would escape what "
        "follows: each gets a backslash, and the line feed becomes \\n. Other bytes stay.");
  step("values with quotes, backslashes and line feeds");
  EXPECT_EQ(line_of({{"a", "say \"hi\""}}, 1), "x{a=\"say \\\"hi\\\"\"} 1\n");
  EXPECT_EQ(line_of({{"a", "C:\\new"}}, 1), "x{a=\"C:\\\\new\"} 1\n");
  EXPECT_EQ(line_of({{"a", "two\nlines"}}, 1), "x{a=\"two\\nlines\"} 1\n");
  EXPECT_EQ(line_of({{"a", "b\\\n\"c"}, {"d", "ü\t{},="}}, 1),
            "x{a=\"b\\\\\\n\\\"c\",d=\"ü\t{},=\"} 1\n");
}

TEST(Exposition, WritesBucketsThatAddUp) {
  about("7.2",
        "In the text each bucket has all values up to its bound, so also those of the buckets "
        "before it. The last is +Inf, and equal to the count. promtool does not complain when this "
        "is wrong; the graphs are.");
  step("a histogram with six values in three buckets");
  exposition page;
  page.family("t_seconds", "histogram", "Times.");
  page.distribution({.bounds = {0.5, 2}, .buckets = {3, 1, 2}, .sum = 10.5});
  EXPECT_EQ(page.text(),
            "# HELP t_seconds Times.\n"
            "# TYPE t_seconds histogram\n"
            "t_seconds_bucket{le=\"0.5\"} 3\n"
            "t_seconds_bucket{le=\"2\"} 4\n"
            "t_seconds_bucket{le=\"+Inf\"} 6\n"
            "t_seconds_sum 10.5\n"
            "t_seconds_count 6\n");
}

TEST(Exposition, WritesAnEmptyHistogramWhole) {
  about("7.2", "A histogram without values has all of its buckets: a rate needs a first number.");
  step("a histogram that has seen nothing");
  exposition page;
  page.family("t_seconds", "histogram", "Times.");
  page.distribution({.bounds = {0.001}, .buckets = {0, 0}, .sum = 0});
  EXPECT_EQ(page.text(),
            "# HELP t_seconds Times.\n"
            "# TYPE t_seconds histogram\n"
            "t_seconds_bucket{le=\"0.001\"} 0\n"
            "t_seconds_bucket{le=\"+Inf\"} 0\n"
            "t_seconds_sum 0\n"
            "t_seconds_count 0\n");
}

TEST(Exposition, KeepsFamiliesApart) {
  about("7.2", "The samples of a family stand behind its own head, with its name.");
  step("two families");
  exposition page;
  page.family("a_total", "counter", "First.");
  page.sample({}, 1);
  page.family("b", "gauge", "Second.");
  page.sample({{"c", "d"}}, 2);
  EXPECT_EQ(page.text(),
            "# HELP a_total First.\n# TYPE a_total counter\na_total 1\n"
            "# HELP b Second.\n# TYPE b gauge\nb{c=\"d\"} 2\n");
}

}  // namespace
}  // namespace workbook
