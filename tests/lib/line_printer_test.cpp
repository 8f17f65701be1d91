#include "support/line_printer.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "a_pipe.hpp"

namespace workbook {
namespace {

// More than the pipe, the megabyte that is being printed and the one that waits can hold.
constexpr std::size_t lines_to_overfill = 3000;

/// Prints until lines are lost.
void overfill(line_printer& printer) {
  const std::string line(999, 'x');
  for (std::size_t i = 0; i < lines_to_overfill; ++i) printer.print(line);
}

TEST(LinePrinter, PrintsWholeLinesInOrder) {
  a_pipe pipe;
  {
    line_printer printer(pipe.write_end.get());
    printer.print("one");
    printer.print("two");
  }
  EXPECT_EQ(pipe.read_to_end(), "one\ntwo\n");
}

TEST(LinePrinter, WaitsForNobodyWhoDoesNotRead) {
  a_pipe pipe;
  {
    line_printer printer(pipe.write_end.get());
    overfill(printer);
  }
  const std::string text = pipe.read_to_end();
  EXPECT_TRUE(text.ends_with("x\n")) << "a line was printed in part";
}

TEST(LinePrinter, SaysHowManyLinesWereLost) {
  a_pipe pipe;
  std::optional<line_printer> printer(pipe.write_end.get());
  overfill(*printer);
  // Lines may be lost several times: the printer's thread makes room when it comes to run.
  std::size_t printed = 0;
  std::size_t lost = 0;
  std::string text;
  while (printed + lost < lines_to_overfill) {
    text += pipe.read_some();
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
      if (text.front() == '(') {
        EXPECT_TRUE(text.substr(0, end).ends_with("lines lost: nobody reads this log)"));
        lost += std::stoul(text.substr(1));
      } else {
        ++printed;
      }
      text.erase(0, end + 1);
    }
  }
  EXPECT_EQ(printed + lost, lines_to_overfill);
  EXPECT_GT(lost, 0);
}

TEST(LinePrinter, OutlivesItsReader) {
  a_pipe pipe;
  line_printer printer(pipe.write_end.get());
  pipe.read_end.reset();
  printer.print("nobody reads this, and SIGPIPE kills nobody");
}

}  // namespace
}  // namespace workbook
