#include "support/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace workbook {
namespace {

bool continues_a_letter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// @returns how many bytes the letter at the beginning of `text` has, or 0 if there stands no
/// UTF-8. Source: RFC 3629 §4; the longest form of a small number would pass, and does no harm
/// here.
std::size_t letter_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t bytes = first < 0x80                    ? 1
                            : first >= 0xC2 && first < 0xE0 ? 2
                            : first >= 0xE0 && first < 0xF0 ? 3
                            : first >= 0xF0 && first < 0xF5 ? 4
                                                            : 0;
  if (bytes == 0 || bytes > text.size()) return 0;
  return std::ranges::all_of(text.substr(1, bytes - 1), continues_a_letter) ? bytes : 0;
}

/// Two ranges control terminals: below the blank, and U+0080 to U+009F, which UTF-8 writes as C2
/// and a second byte below A0.
bool is_control(std::string_view letter) {
  if (letter.size() == 1) return letter[0] < ' ' || letter[0] == '\x7f';
  return letter[0] == '\xC2' && static_cast<unsigned char>(letter[1]) < 0xA0;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

std::string_view shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  // Back to the first byte of the letter that would be cut; a letter has at most four.
  while (end > 0 && bytes - end < 3 && continues_a_letter(text[end])) --end;
  return text.substr(0, continues_a_letter(text[end]) ? bytes : end);
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = letter_bytes(text);
    const auto letter = text.substr(0, std::max<std::size_t>(bytes, 1));
    if (bytes == 0 || is_control(letter)) {
      for (const char c : letter) append_escaped(out, c);
    } else {
      out += letter;
    }
    text.remove_prefix(letter.size());
  }
  return out;
}

}  // namespace workbook
