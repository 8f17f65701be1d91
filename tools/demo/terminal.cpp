#include "terminal.hpp"

namespace workbook::demo {

std::string wrapped(std::string_view text, std::size_t indent) {
  constexpr std::size_t columns = 80;
  std::string lines;
  std::size_t margin = 0;
  while (margin + text.size() > columns) {
    const std::size_t room = columns - margin;
    // A break before the first word would gain nothing: spaces at the beginning belong to it.
    const auto first_word = text.find_first_not_of(' ');
    auto space = text.rfind(' ', room);
    if (space == text.npos || space < first_word) space = text.find(' ', first_word);
    const auto next = text.find_first_not_of(' ', space);
    if (next == text.npos) break;
    const auto end = text.find_last_not_of(' ', space) + 1;
    lines.append(text.substr(0, end)).append("\n").append(indent, ' ');
    text.remove_prefix(next);
    margin = indent;
  }
  return lines.append(text);
}

}  // namespace workbook::demo
