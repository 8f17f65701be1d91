#pragma once

#include <cstddef>
#include <ostream>
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

/// "pool: 6 of 6 beside 3 slow ones"
inline std::ostream& operator<<(std::ostream& out, const head_of_line_count& count) {
  return out << count.server << ": " << count.answered << " of " << count.fast << " beside "
             << count.slow << " slow ones";
}

}  // namespace workbook
