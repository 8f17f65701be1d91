#include "harness/source_lines.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace workbook::harness {
namespace {

/// @returns where the program's file has the call that returns to `address`, or nothing if the
/// address lies in a library. Source: dladdr(3).
std::optional<std::uintptr_t> place_in_program(const void* address) {
  Dl_info symbol{};
  void* object = nullptr;
  if (::dladdr1(address, &symbol, &object, RTLD_DL_LINKMAP) == 0) return std::nullopt;
  const auto& loaded = *static_cast<const link_map*>(object);
  // The dynamic linker gives the program itself no name.
  if (loaded.l_name[0] != '\0') return std::nullopt;
  // A return address points behind its call: one byte back lies the call's line.
  return reinterpret_cast<std::uintptr_t>(address) - loaded.l_addr - 1;
}

std::vector<std::string> output_lines(const std::string& command) {
  std::vector<std::string> lines;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 4096> buffer;
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    lines.emplace_back(buffer.data());
    if (lines.back().ends_with('\n')) lines.back().pop_back();
  }
  return lines;
}

/// "void workbook::(anonymous namespace)::channel<int>::send(int)" as "send".
std::string short_function(std::string name) {
  if (name.find("operator()") != std::string::npos) return "a lambda";
  for (const std::string_view noise : {"(anonymous namespace)::", "[abi:cxx11]"}) {
    for (auto at = name.find(noise); at != name.npos; at = name.find(noise)) {
      name.erase(at, noise.size());
    }
  }
  std::string last;
  int depth = 0;  // of template arguments
  for (const char c : name) {
    if (c == '<') ++depth;
    if (depth == 0 && c == '(') break;
    if (depth == 0) last = c == ':' || c == ' ' ? "" : last + c;
    if (c == '>') --depth;
  }
  return last;
}

/// @returns nothing if the file is none of the workbook's.
std::optional<source_line> to_source_line(const std::string& function, const std::string& place) {
  const std::string root = WORKBOOK_SOURCE_DIR "/";
  const auto colon = place.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string file =
      std::filesystem::path(place.substr(0, colon)).lexically_normal().string();
  if (!file.starts_with(root)) return std::nullopt;
  return source_line{file.substr(root.size()), file, std::atoi(place.c_str() + colon + 1),
                     short_function(function)};
}

}  // namespace

std::string to_string(const source_line& place) {
  return fmt::format("{}:{} in {}", place.path, place.line, place.function);
}

std::map<const void*, std::vector<source_line>> find_source_lines(
    const std::vector<const void*>& addresses) {
  // One run for all, each address once: addr2line spends its time on reading the program.
  std::map<std::uintptr_t, const void*> wanted;
  for (const void* const address : addresses) {
    if (const auto place = place_in_program(address)) wanted[*place] = address;
  }
  std::map<const void*, std::vector<source_line>> found;
  if (wanted.empty()) return found;

  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::string command = fmt::format("addr2line -a -f -C -i -e '{}'", program);
  for (const auto& [place, address] : wanted) command += fmt::format(" {:#x}", place);

  // -a prints each address, and after it two lines for each of its frames.
  const auto lines = output_lines(command + " 2>/dev/null");
  const void* address = nullptr;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("0x")) {
      address = wanted[std::stoull(lines[i], nullptr, 16)];
    } else if (i + 1 < lines.size()) {
      if (auto line = to_source_line(lines[i], lines[i + 1])) found[address].push_back(*line);
      ++i;
    }
  }
  return found;
}

}  // namespace workbook::harness
