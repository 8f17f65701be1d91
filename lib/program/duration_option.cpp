#include "program/duration_option.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <map>
#include <system_error>

namespace workbook {

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

}  // namespace workbook
