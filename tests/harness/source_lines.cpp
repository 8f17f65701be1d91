#include "harness/source_lines.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>

namespace workbook::harness {
namespace {

struct mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

/// @returns where the program file lies in the memory of `process`: the compiler made it
/// position-independent, so each run loads it somewhere else. Source: proc(5), [pid]/maps.
mapping program_mapping(pid_t process, const std::string& program) {
  std::ifstream maps(fmt::format("/proc/{}/maps", process));
  mapping found;
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with(program)) continue;
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    std::istringstream(line) >> std::hex >> begin >> dash >> end;
    if (found.begin == 0) found.begin = begin;
    found.end = end;
  }
  return found;
}

/// @returns `path` relative to the workbook, or nothing if it lies elsewhere.
std::optional<std::string> in_workbook(const std::string& path) {
  const std::string root = WORKBOOK_SOURCE_DIR "/";
  const std::string normal = std::filesystem::path(path).lexically_normal().string();
  if (!normal.starts_with(root)) return std::nullopt;
  return normal.substr(root.size());
}

/// "workbook::bounded_channel<int>::receive()" -> "bounded_channel<int>::receive"
std::string short_name(std::string function) {
  if (function.find("operator()") == std::string::npos) {
    function = function.substr(0, function.find('('));
  } else {
    function = "a lambda";
  }
  for (const std::string_view prefix : {"workbook::harness::", "workbook::"}) {
    for (auto at = function.find(prefix); at != function.npos; at = function.find(prefix)) {
      function.erase(at, prefix.size());
    }
  }
  return function;
}

/// Reads the output of addr2line: two lines for each frame, function and file:line.
class addr2line_output {
 public:
  explicit addr2line_output(const std::string& command)
      : pipe_(::popen(command.c_str(), "r"), ::pclose) {}

  std::optional<std::string> next_line() {
    std::array<char, 4096> line;
    if (pipe_ == nullptr || std::fgets(line.data(), line.size(), pipe_.get()) == nullptr) {
      return std::nullopt;
    }
    std::string text(line.data());
    if (text.ends_with('\n')) text.pop_back();
    return text;
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe_;
};

std::optional<source_line> parse_frame(std::string function, const std::string& place) {
  const auto colon = place.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  auto file = in_workbook(place.substr(0, colon));
  if (!file) return std::nullopt;
  return source_line{std::move(*file), std::atoi(place.c_str() + colon + 1),
                     short_name(std::move(function))};
}

}  // namespace

std::string to_string(const source_line& place) {
  return fmt::format("{}:{} in {}", place.file, place.line, place.function);
}

std::vector<std::vector<source_line>> workbook_frames(
    pid_t process, const std::vector<std::span<void* const>>& stacks) {
  std::vector<std::vector<source_line>> result(stacks.size());
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const mapping range = program_mapping(process, program);

  // One run for all addresses. With -a, addr2line prints each address before its frames: that tells
  // where the (possibly several, inlined) frames of an address end.
  std::string command = fmt::format("addr2line -a -f -C -i -e '{}'", program);
  std::vector<std::size_t> stack_of_address;
  for (std::size_t stack = 0; stack < stacks.size(); ++stack) {
    for (void* const frame : stacks[stack]) {
      const auto address = reinterpret_cast<std::uintptr_t>(frame);
      if (address < range.begin || address >= range.end) continue;
      // The call lies just before the address that it returns to.
      command += fmt::format(" {:#x}", address - range.begin - 1);
      stack_of_address.push_back(stack);
    }
  }
  if (stack_of_address.empty()) return result;

  addr2line_output output(command + " 2>/dev/null");
  std::size_t addresses_seen = 0;
  while (const auto line = output.next_line()) {
    if (line->starts_with("0x")) {
      ++addresses_seen;
      continue;
    }
    const auto place = output.next_line();
    if (!place || addresses_seen == 0 || addresses_seen > stack_of_address.size()) break;
    if (auto frame = parse_frame(*line, *place)) {
      result[stack_of_address[addresses_seen - 1]].push_back(std::move(*frame));
    }
  }
  return result;
}

}  // namespace workbook::harness
