#pragma once

#include <strings.h>

#include <string_view>

namespace workbook {

/// @returns whether `a` and `b` are the same name, of a field, a coding or a scheme: case does not
/// matter. Sources: RFC 9110 §5.1, RFC 9112 §7, RFC 3986 §3.1.
inline bool equal_but_for_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

/// @returns the value of a field without the blanks and tabs around it. Source: RFC 9110 §5.5.
inline std::string_view without_blanks(std::string_view value) {
  const auto begin = value.find_first_not_of(" \t");
  if (begin == value.npos) return {};
  return value.substr(begin, value.find_last_not_of(" \t") - begin + 1);
}

}  // namespace workbook
