#include "support/printable.hpp"

#include <gtest/gtest.h>

namespace workbook {
namespace {

TEST(Printable, ShowsWhatWouldControlATerminalOrALine) {
  EXPECT_EQ(printable("GET /\x1b[2J\x1b]0;gone\a"), "GET /\\x1b[2J\\x1b]0;gone\\x07");
  EXPECT_EQ(printable("a\nb\tc\rd\x7f"), "a\\nb\\tc\\rd\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            "\\xc2\\x9b2J")
      << "U+009B begins a sequence as ESC [ does";
}

TEST(Printable, LeavesLettersAsTheyAre) {
  EXPECT_EQ(printable("GET /gr\xc3\xbc\xc3\x9f"
                      "e?\xe2\x82\xac=\xf0\x9f\x98\x80 HTTP/1.1"),
            "GET /gr\xc3\xbc\xc3\x9f"
            "e?\xe2\x82\xac=\xf0\x9f\x98\x80 HTTP/1.1");
}

TEST(Printable, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("\xff \xc3"), "\\xff \\xc3");
  EXPECT_EQ(printable("\x80\xc0\x80"), "\\x80\\xc0\\x80");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");
}

TEST(Shortened, DoesNotHalveALetter) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc");
  EXPECT_EQ(shortened("ab\xc3\xbc", 3), "ab");
  EXPECT_EQ(shortened("a\xf0\x9f\x98\x80", 4), "a");
  EXPECT_EQ(shortened("\x80\x80\x80\x80\x80\x80", 5), "\x80\x80\x80\x80\x80")
      << "no letter to keep";
}

}  // namespace
}  // namespace workbook
