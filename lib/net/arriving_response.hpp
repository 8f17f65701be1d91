#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/chunked_body.hpp"
#include "net/response_head.hpp"

namespace workbook {

/// A response while it arrives. Keeps its head and counts the rest, so that it needs no more memory
/// for a large body than for a small one.
class arriving_response {
 public:
  /// Takes the next bytes, in whatever pieces they come.
  void append(std::string_view bytes);

  /// @returns its head, or nothing while the blank line is missing. Interim responses (100 to 199),
  /// which come before it, are skipped. What turns out to be no HTTP (a head of more than 64 KiB,
  /// chunks that are none) has the status 0 and no body. Source: RFC 9110 §15.2.
  [[nodiscard]] const std::optional<response_head>& head() const { return head_; }

  /// @returns how many bytes have come after the head.
  [[nodiscard]] std::size_t body_bytes() const { return body_bytes_; }

  /// @returns whether the last chunk has come, if the body is in chunks.
  [[nodiscard]] bool has_last_chunk() const { return chunks_.complete(); }

 private:
  std::string beginning_;  // until there is a head
  std::optional<response_head> head_;
  std::size_t body_bytes_ = 0;
  chunked_body chunks_;
};

}  // namespace workbook
