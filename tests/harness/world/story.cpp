#include "harness/world/story.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <execinfo.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <system_error>

#include "harness/stacks.hpp"

namespace workbook::harness::exploration {
namespace {

constexpr int most_lines = 36;
constexpr int first_lines = 10;  // shown when the middle of a long story is left out
constexpr std::size_t narrowest_column = 10;
constexpr std::size_t gap = 2;

using lines_by_address = std::map<const void*, std::vector<source_line>>;

/// "event_loop.cpp:57 in run": the innermost line that is not the harness's own.
std::string place_in(const void* const* frames, int count, const lines_by_address& lines) {
  for (int i = 0; i < count; ++i) {
    const auto found = lines.find(frames[i]);
    if (found == lines.end()) continue;
    for (const source_line& line : found->second) {
      if (line.path.starts_with("tests/harness/")) continue;
      const std::string file = line.path.substr(line.path.rfind('/') + 1);
      return fmt::format("{}:{} in {}", file, line.line, line.function);
    }
  }
  return "";
}

}  // namespace

story::story(std::vector<std::string> clients)
    : clients_(std::move(clients)),
      pages_(static_cast<pages*>(mmap(nullptr, sizeof(pages), PROT_READ | PROT_WRITE,
                                      MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
  if (pages_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
}

story::~story() { munmap(pages_, sizeof *pages_); }

void story::begin() { pages_->count = 0; }

void story::tell(int column, std::string_view what) {
  row& it = pages_->rows[static_cast<std::size_t>(pages_->count++ % most_rows)];
  it.column = column;
  it.what = {};
  std::memcpy(it.what.data(), what.data(), std::min(what.size(), it.what.size() - 1));
  const bool by_program = column == program_column;
  it.frame_count =
      by_program ? backtrace(it.frames.data(), static_cast<int>(it.frames.size())) : 0;
}

const story::row& story::at(int number) const {
  return pages_->rows[static_cast<std::size_t>(number % most_rows)];
}

std::string story::draw() const {
  const int first = std::max(0, pages_->count - most_rows);
  std::set<const void*> addresses;
  std::vector<std::size_t> widths(clients_.size() + 1, narrowest_column);
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    widths[i + 1] = std::max(widths[i + 1], clients_[i].size() + gap);
  }
  for (int i = first; i < pages_->count; ++i) {
    const row& it = at(i);
    addresses.insert(it.frames.begin(), it.frames.begin() + it.frame_count);
    if (it.column < 0) continue;
    std::size_t& width = widths[static_cast<std::size_t>(it.column)];
    width = std::max(width, std::strlen(it.what.data()) + gap);
  }
  const auto lines = find_source_lines({addresses.begin(), addresses.end()});

  std::string text = fmt::format("      {:<{}}", "program", widths[0]);
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    text += fmt::format("{:<{}}", clients_[i], widths[i + 1]);
  }
  text += "\n";
  for (int i = first; i < pages_->count; ++i) {
    const bool too_long = pages_->count - first > most_lines;
    if (too_long && i == first + first_lines) {
      const int next = pages_->count - (most_lines - first_lines);
      text += fmt::format("      … {} steps left out …\n", next - i);
      i = next;
    }
    const row& it = at(i);
    std::string line = fmt::format("{:>4}  ", i + 1);
    if (it.column == world_column) {
      line += fmt::format("-- {} --", it.what.data());
    } else {
      for (std::size_t c = 0; c < widths.size(); ++c) {
        const bool here = static_cast<int>(c) == it.column;
        line += fmt::format("{:<{}}", here ? it.what.data() : "", widths[c]);
      }
      line += place_in(it.frames.data(), it.frame_count, lines);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace workbook::harness::exploration

#endif
