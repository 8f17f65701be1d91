#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string_view>

#include "net/tcp_stream.hpp"

namespace workbook {

/// Connections that were refused, on their way out. An acceptor that is too busy to serve a client
/// must not wait for it either; but a socket that is closed while the client's request is still
/// arriving sends a reset, which can destroy the refusal. So a refused connection is answered at
/// once, then kept for a moment, and its bytes are thrown away whenever the acceptor comes by.
///
/// Not thread-safe: it belongs to the accepting thread. Nothing in it ever blocks or throws.
/// Source: RFC 9112 §9.6.
class refused_connections {
 public:
  /// Sends `response`, says "no more" (FIN), and keeps the connection until its client has closed
  /// too, at most a second. A client that does not read gets what fits into the kernel's buffer.
  void refuse(tcp_stream client, std::string_view response) noexcept;

  /// Closes the connections whose clients have closed or whose second is over.
  void sweep() noexcept;

 private:
  using clock = std::chrono::steady_clock;

  struct refused {
    tcp_stream client;
    clock::time_point deadline;
  };

  std::deque<refused> leaving_;  // oldest first
};

}  // namespace workbook
