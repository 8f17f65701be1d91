#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace workbook {

/// A body that comes in chunks: "5\r\nhello\r\n0\r\n\r\n". Keeps none of it, and finds its end.
/// Source: RFC 9112 §7.1.
class chunked_body {
 public:
  /// Takes the next bytes; those behind the end do no harm.
  void append(std::string_view bytes);

  /// @returns whether the last chunk, of size 0, and the blank line behind it have come.
  [[nodiscard]] bool complete() const { return next_ == part::nothing; }

  /// @returns whether this will never be a body in chunks.
  [[nodiscard]] bool malformed() const { return next_ == part::malformed; }

 private:
  enum class part { size, end_of_data, trailer, nothing, malformed };

  void take_line();

  part next_ = part::size;  // what the next line is
  std::size_t data_ = 0;    // bytes of the present chunk that come before it
  std::string line_;        // as far as it has come
};

}  // namespace workbook
