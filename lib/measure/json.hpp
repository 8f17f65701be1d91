#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace workbook {

/// Writes one JSON object, member by member. Source: RFC 8259.
class json_object {
 public:
  json_object& add(std::string_view name, std::string_view value);
  json_object& add(std::string_view name, const char* value) {
    return add(name, std::string_view(value));
  }
  json_object& add(std::string_view name, bool value) {
    return add_json(name, value ? "true" : "false");
  }
  json_object& add(std::string_view name, double value);
  template <std::integral Number>
  json_object& add(std::string_view name, Number value) {
    return add_json(name, std::to_string(value));
  }

  /// Adds a value that is JSON already: an object, an array.
  json_object& add_json(std::string_view name, std::string_view json);

  [[nodiscard]] std::string text() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

/// @returns `items`, each of them JSON, as an array.
template <class Items>
[[nodiscard]] std::string json_array(const Items& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return "[" + text + "]";
}

}  // namespace workbook
