#include "program/option_values.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <string_view>
#include <system_error>

namespace workbook {
namespace {

bool is_in(char c, std::string_view set) { return set.find(c) != set.npos; }

// Not std::isalnum: that one asks the locale.
bool is_hex_digit(char c) { return is_in(c, "0123456789abcdefABCDEF"); }

bool may_stand_in_a_path(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         is_in(c, "-._~!$&'()*+,;=:@/?%");
}

bool is_origin_form(std::string_view text) {
  if (!text.starts_with('/') || !std::ranges::all_of(text, may_stand_in_a_path)) return false;
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !is_hex_digit(text[at + 1]) || !is_hex_digit(text[at + 2])) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::chrono::milliseconds parse_duration(const std::string& option, const std::string& text) {
  static const std::map<std::string, double> units{{"ms", 1}, {"s", 1e3}, {"min", 60e3}};
  constexpr double longest = 24 * 60 * 60e3;
  double number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = units.find(std::string(end, text.data() + text.size()));
  if (error != std::errc() || unit == units.end() || !(number >= 0) ||
      number * unit->second > longest) {
    throw CLI::ValidationError(
        option, fmt::format("'{}' is not a time up to a day, such as 500ms, 5s or 1min", text));
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(number * unit->second));
}

std::string parse_path(const std::string& option, const std::string& text) {
  if (is_origin_form(text)) return text;
  throw CLI::ValidationError(
      option, fmt::format("{:?} is not a path to ask for: it has to begin with '/', and spaces, "
                          "letters with accents and the like are written as %20, %C3%BC ...",
                          text));
}

}  // namespace workbook
