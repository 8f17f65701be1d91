#pragma once

#include <cstdint>
#include <stop_token>

#include "net/tcp_listener.hpp"
#include "routes.hpp"
#include "support/event_log.hpp"

namespace workbook {

/// A server that serves one connection at a time, from accept to close, on the thread that runs it.
/// Everybody else waits in the kernel's queue: that is head-of-line blocking.
///
/// Not thread-safe: one thread runs it. Any thread may request the stop or ask for the port.
class single_server {
 public:
  /// `log` may be null; otherwise it must outlive the server.
  single_server(tcp_listener listener, request_handler handler, event_log* log = nullptr);

  /// @returns the port that it listens on, even if the kernel chose it.
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  /// Accepts and serves clients, one after the other, in the order in which they connected. Records
  /// `accepted` for each. A connection that fails (the client resets it, the handler throws) costs
  /// that connection only: it is recorded as `failed` with the reason, and the next is served.
  /// Blocks until a stop is requested. A stop is heard even while a client is silent; a request
  /// that has been read is still answered.
  /// @throws std::system_error if accepting fails for good.
  void run(const std::stop_token& stop);

 private:
  tcp_listener listener_;
  request_handler handler_;
  event_log* log_;
};

}  // namespace workbook
