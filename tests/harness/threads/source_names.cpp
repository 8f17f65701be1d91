#include "harness/threads/source_names.hpp"

#include <fstream>
#include <regex>

namespace workbook::harness::exploration {
namespace {

/// The first match of the pattern's first group in the line's text.
std::string find_in(const source_line& where, const std::regex& pattern) {
  std::ifstream file(where.full_path);
  std::string text;
  for (int i = 0; i < where.line; ++i) {
    if (!std::getline(file, text)) return "";
  }
  std::smatch match;
  return std::regex_search(text, match, pattern) ? match[1].str() : "";
}

}  // namespace

std::string text_of(const source_line& where) {
  static const std::regex all(R"(^\s*(.*\S))");
  return find_in(where, all);
}

std::string name_of_condition_in(const source_line& where) {
  static const std::regex call(
      R"((\w+)(?:\(\))?\s*(?:\.|->)\s*(?:wait|wait_for|wait_until|notify_\w+)\s*\()");
  return find_in(where, call);
}

std::string name_of_mutex_in(const source_line& where) {
  static const std::regex lock(R"((?:_lock|lock_guard)\b[^({]*[({]\s*(?:\w+(?:\.|->))*(\w+))");
  const std::string name = find_in(where, lock);
  if (!name.empty()) return name;
  static const std::regex call(R"((\w+)\s*(?:\.|->)\s*(?:lock|try_lock|try_lock_for)\s*\()");
  return find_in(where, call);
}

std::string name_of_atomic_in(const source_line& where) {
  static const std::regex call(
      R"((\w+)(?:\[[^\]]*\])?\s*(?:\.|->)\s*(?:load|store|exchange|compare_exchange_\w+|fetch_\w+|test|test_and_set|clear|notify_\w+|wait(?![^)]*\[))\s*\()");
  const std::string name = find_in(where, call);
  if (!name.empty()) return name;
  static const std::regex before(R"((?:\+\+|--)(\w+))");
  const std::string counted = find_in(where, before);
  if (!counted.empty()) return counted;
  // Not the member in { .member = 1 }.
  static const std::regex after(R"((?:^|\w\.|->|[^.\w])(\w+)\s*(?:\+\+|--|[-+|&^]?=[^=]))");
  return find_in(where, after);
}

}  // namespace workbook::harness::exploration
