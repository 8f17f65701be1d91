#include "measure/json.hpp"

#include <fmt/format.h>

#include <cmath>

namespace workbook {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace

json_object& json_object::add(std::string_view name, std::string_view value) {
  return add_json(name, quoted(value));
}

json_object& json_object::add(std::string_view name, double value) {
  // JSON knows neither infinity nor "not a number".
  return add_json(name, std::isfinite(value) ? fmt::format("{}", value) : "null");
}

json_object& json_object::add_json(std::string_view name, std::string_view json) {
  if (!members_.empty()) members_ += ',';
  members_ += quoted(name);
  members_ += ':';
  members_ += json;
  return *this;
}

}  // namespace workbook
