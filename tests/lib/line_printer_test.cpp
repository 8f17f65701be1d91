#include "support/line_printer.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "a_pipe.hpp"

namespace workbook {
namespace {

/// Prints until lines are lost: more than the pipe and the printer's megabyte can hold.
void overfill(line_printer& printer) {
  const std::string line(999, 'x');
  for (int i = 0; i < 2000; ++i) printer.print(line);
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
  std::string text;
  while (text.find("lines lost: nobody reads this log)\n") == text.npos) {
    std::array<char, 4096> buffer;
    const auto count = ::read(pipe.read_end.get(), buffer.data(), buffer.size());
    ASSERT_GT(count, 0);
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  printer.reset();
  const auto printed = text.find('(') / 1000;
  EXPECT_EQ(std::stoul(text.substr(text.find('(') + 1)), 2000 - printed);
}

TEST(LinePrinter, OutlivesItsReader) {
  a_pipe pipe;
  line_printer printer(pipe.write_end.get());
  pipe.read_end.reset();
  printer.print("nobody reads this, and SIGPIPE kills nobody");
}

}  // namespace
}  // namespace workbook
