#include "terminal.hpp"

#include <gtest/gtest.h>

#include "harness/story.hpp"

namespace workbook::demo {
namespace {

using namespace harness;

TEST(Wrapped, LeavesShortTextAlone) {
  about("", "What fits in 80 columns is not touched.");
  step("nothing, and exactly 80");
  EXPECT_EQ(wrapped(""), "");
  EXPECT_EQ(wrapped(std::string(80, 'x')), std::string(80, 'x'));
}

TEST(Wrapped, BreaksAtSpaces) {
  about("", "A line ends at the last space that leaves it 80 columns; the space goes.");
  step("two words of 50");
  const std::string word(50, 'x');
  EXPECT_EQ(wrapped(word + " " + word), word + "\n" + word);
  step("a word that ends exactly at the edge");
  EXPECT_EQ(wrapped(std::string(80, 'a') + " b"), std::string(80, 'a') + "\nb");
  step("further lines are indented, and shorter for that");
  const std::string forty(40, 'y');
  EXPECT_EQ(wrapped("  " + word + " " + forty + " " + forty, 4),
            "  " + word + "\n    " + forty + "\n    " + forty);
}

TEST(Wrapped, KeepsALongWordWhole) {
  about("", "A path that is longer than a line can still be copied.");
  step("a word of 100 between two short ones");
  const std::string word(100, 'x');
  EXPECT_EQ(wrapped("a " + word + " b"), "a\n" + word + "\nb");
  EXPECT_EQ(wrapped(word), word);
  EXPECT_EQ(wrapped("   " + word), "   " + word);
}

}  // namespace
}  // namespace workbook::demo
