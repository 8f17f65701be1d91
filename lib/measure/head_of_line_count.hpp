#pragma once

#include <cstddef>
#include <string>

namespace workbook {

/// While `slow` requests were held in their handlers, `answered` of `fast` quick ones were
/// answered.
struct head_of_line_count {
  std::string server;
  std::size_t slow = 0;
  std::size_t fast = 0;
  std::size_t answered = 0;

  bool operator==(const head_of_line_count&) const = default;
};

}  // namespace workbook
