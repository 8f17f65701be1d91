#include "net/chunked_body.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace workbook {
namespace {

constexpr std::size_t longest_line = 16 * 1024;

/// "1f" or "1f;name=value"
std::optional<std::size_t> size_in(std::string_view line) {
  std::size_t size = 0;
  const auto result = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  const auto rest = line.substr(static_cast<std::size_t>(result.ptr - line.data()));
  const bool valid = rest.empty() || std::string_view("; \t").find(rest.front()) != rest.npos;
  return result.ec == std::errc() && valid ? std::optional(size) : std::nullopt;
}

}  // namespace

void chunked_body::append(std::string_view bytes) {
  while (!bytes.empty() && !complete() && !malformed()) {
    const std::size_t skipped = std::min(data_, bytes.size());
    data_ -= skipped;
    bytes.remove_prefix(skipped);
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() > longest_line) next_ = part::malformed;
    if (malformed()) return;
    line_ += piece;
    if (end == bytes.npos) return;
    bytes.remove_prefix(end + 1);
    take_line();
  }
}

/// Looks at the line that is complete now, but for its "\n".
void chunked_body::take_line() {
  const bool ended = line_.ends_with('\r');
  const std::string line = line_.substr(0, line_.size() - (ended ? 1 : 0));
  line_.clear();
  if (!ended) {
    next_ = part::malformed;
  } else if (next_ == part::size) {
    const auto size = size_in(line);
    data_ = size.value_or(0);
    next_ = !size ? part::malformed : data_ > 0 ? part::end_of_data : part::trailer;
  } else if (next_ == part::end_of_data) {
    next_ = line.empty() ? part::size : part::malformed;
  } else if (line.empty()) {
    next_ = part::nothing;
  }
}

}  // namespace workbook
