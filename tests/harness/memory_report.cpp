#include "harness/memory_report.hpp"

#include <sstream>

namespace workbook::harness {
namespace {

/// "f /path/file.cpp:8" of "    #3 0x55c6b31e1a90 in f /path/file.cpp:8".
std::string_view place_in(std::string_view frame) {
  const auto found = frame.find(" in ");
  return found == frame.npos ? frame : frame.substr(found + 4);
}

/// @returns the innermost coroutine in the stack that follows `title` in the report, with its line:
/// the frame below the call that has resumed it. Empty if there is none.
std::string coroutine_in(std::string_view report, std::string_view title) {
  const auto begin = report.find(title);
  if (begin == report.npos) return {};
  std::istringstream lines{std::string(report.substr(begin))};
  std::string line;
  std::getline(lines, line);
  for (std::string frame; std::getline(lines, line) && line.find('#') != line.npos; frame = line) {
    const bool resumes =
        line.find("coroutine_handle<") != line.npos && line.find("::resume()") != line.npos;
    if (resumes) return std::string(place_in(frame));
  }
  return {};
}

}  // namespace

std::string hint_for_memory_report(std::string_view printed) {
  const bool twice = printed.find("attempting double-free") != printed.npos;
  const auto used = twice ? coroutine_in(printed, "attempting double-free")
                          : coroutine_in(printed, "AddressSanitizer: heap-use-after-free");
  const auto freed = coroutine_in(printed, "freed by thread");
  if (used.empty() || used != freed) return {};
  return "A coroutine destroys the same object twice in one line. GCC 12 does that to code that is "
         "right: what is made in one expression with co_await, it may destroy twice. Name it "
         "before you await it. `make clang-06` asks Clang for a second opinion.";
}

}  // namespace workbook::harness
