#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>

#include "connection.hpp"
#include "connection_counts.hpp"
#include "net/refused_connections.hpp"
#include "net/tcp_listener.hpp"
#include "routes.hpp"
#include "support/event_log.hpp"

namespace workbook {

class naive_server {
 public:
  naive_server(tcp_listener listener, request_handler handler, event_log* log = nullptr);

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  [[nodiscard]] std::uint64_t total() const { return counts_.total(); }
  [[nodiscard]] std::size_t active() const { return counts_.active(); }

  void run(const std::stop_token& stop);

 private:
  /// A connection, and who is to count it out.
  struct session {
    session(connection accepted, connection_counts& counts)
        : client(std::move(accepted)), counted(counts) {}

    connection client;
    counted_connection counted;
  };

  void serve(session& mine, const std::stop_token& stop) noexcept;
  void refuse(session& mine, const std::string& reason);

  tcp_listener listener_;
  request_handler handler_;
  event_log* log_;
  connection_counts counts_;
  refused_connections refused_;
};

[[nodiscard]] std::string greeting_from_this_thread();

}  // namespace workbook
