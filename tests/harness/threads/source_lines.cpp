#include "harness/threads/source_lines.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>
#include <link.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <regex>
#include <string_view>

namespace workbook::harness::exploration {
namespace {

/// Where the loader put this program; 0 if it is not position independent.
std::uintptr_t load_address() {
  std::uintptr_t found = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* program, std::size_t, void* result) {
        *static_cast<std::uintptr_t*>(result) = program->dlpi_addr;
        return 1;  // the program itself comes first
      },
      &found);
  return found;
}

std::string program_path() {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size() - 1);
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "";
}

std::vector<std::string> output_lines(const std::string& command) {
  std::vector<std::string> lines;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 4096> buffer{};
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    lines.emplace_back(buffer.data());
    if (lines.back().ends_with('\n')) lines.back().pop_back();
  }
  return lines;
}

/// "void workbook::(anonymous namespace)::channel<int>::send(int)" as "send".
std::string short_function(std::string name) {
  constexpr std::string_view unnamed = "(anonymous namespace)::";
  for (std::size_t at = name.find(unnamed); at != std::string::npos; at = name.find(unnamed)) {
    name.erase(at, unnamed.size());
  }
  int depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<') ++depth;
    if (name[i] == '>') --depth;
    if (depth > 0) continue;
    if (name[i] == '(') break;
    if (name[i] == ':' || name[i] == ' ') start = i + 1;
  }
  return name.substr(start, name.find_first_of("<(", start) - start);
}

/// Empty path if the file is none of the workbook's, or is the explorer itself.
source_line to_source_line(std::string_view function, std::string_view place) {
  const std::size_t colon = place.rfind(':');
  if (colon == std::string_view::npos) return {};
  source_line found;
  found.full_path = std::string(place.substr(0, colon));
  if (found.full_path.find("/tests/harness/") != std::string::npos) return {};
  for (const std::string_view folder : {"/stages/", "/solutions/", "/lib/", "/tests/"}) {
    const std::size_t at = found.full_path.rfind(folder);
    if (at == std::string::npos || found.full_path.starts_with("/usr/")) continue;
    found.path = found.full_path.substr(at + 1);
    break;
  }
  std::from_chars(place.data() + colon + 1, place.data() + place.size(), found.line);
  found.function = short_function(std::string(function));
  return found;
}

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

std::map<const void*, std::vector<source_line>> find_source_lines(
    const std::vector<const void*>& addresses) {
  std::map<const void*, std::vector<source_line>> found;
  const std::uintptr_t base = load_address();
  std::string command = fmt::format("addr2line -e '{}' -a -f -C -i", program_path());
  for (const void* address : addresses) {
    // A return address points behind its call: one byte back lies the call's line.
    command += fmt::format(" {:#x}", reinterpret_cast<std::uintptr_t>(address) - base - 1);
  }
  const std::vector<std::string> lines = output_lines(command + " 2>/dev/null");
  const void* address = nullptr;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("0x")) {
      std::uintptr_t offset = 0;
      const std::string& text = lines[i];
      std::from_chars(text.data() + 2, text.data() + text.size(), offset, 16);
      address = reinterpret_cast<const void*>(offset + base + 1);
    } else if (i + 1 < lines.size()) {
      const source_line line = to_source_line(lines[i], lines[i + 1]);
      if (!line.path.empty()) found[address].push_back(line);
      ++i;
    }
  }
  return found;
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

}  // namespace workbook::harness::exploration

#endif
