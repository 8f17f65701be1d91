#pragma once

#include <map>
#include <string>
#include <string_view>

namespace workbook::harness {

/// A response as its client understands it: the order of the fields means nothing, nor does the
/// case of their names. Source: RFC 9110 §5.1, §5.3.
struct sent_response {
  std::string status_line;
  std::map<std::string, std::string> fields;  // by their names in lower case
  std::string body;
  std::string mistake;  // against the form of a response, if there is one

  /// @returns the value of a field, or "(missing)"; `name` is in lower case.
  [[nodiscard]] std::string field(const std::string& name) const;
};

/// @returns what all the bytes of a response say.
[[nodiscard]] sent_response understood(std::string_view bytes);

}  // namespace workbook::harness
