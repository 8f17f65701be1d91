#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "async_connection.hpp"
#include "connection_counts.hpp"
#include "event_loop.hpp"
#include "net/refused_connections.hpp"
#include "net/tcp_listener.hpp"
#include "task.hpp"

namespace workbook {

struct async_options {
  std::size_t loops = 1;                 ///< threads, each with an event loop; at least 1
  std::size_t max_connections = 10'000;  ///< that are served at the same time, at least 1
  time_limits limits = {};
};

/// A server in which a thread waits for thousands of clients at once. Each thread has its own event
/// loop and its own listener on the same port, so they share nothing but the counts.
///
/// One thread runs it; any thread may request the stop, or ask for the port and the counts.
class async_server {
 public:
  /// `handler` is called by all loops. `log` may be null, else it must outlive the server.
  /// @throws std::invalid_argument if there are 0 loops or no connections allowed.
  async_server(tcp_listener listener, async_handler handler, async_options options = {},
               event_log* log = nullptr);

  /// @returns the port that it listens on, also when the kernel chose it.
  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// @returns how many connections have been accepted so far, those that were rejected included.
  [[nodiscard]] std::uint64_t total() const { return counts_.total(); }

  /// @returns how many connections are accepted and not closed yet.
  [[nodiscard]] std::size_t active() const { return counts_.active(); }

  /// Accepts clients and serves each by serve_connection(). Records `accepted` for each, and
  /// `rejected` for one too many: such a client gets busy_response().
  /// Blocks until a stop is requested and every connection has ended. A client that waited in the
  /// kernel when the stop came is accepted, and its request is answered if it has arrived. To be
  /// called once.
  /// @throws std::system_error if the system refuses a thread or descriptors for the loops.
  void run(const std::stop_token& stop);

 private:
  /// What a thread of the server has.
  struct lane {
    explicit lane(event_loop::failure_handler on_failure) : loop(std::move(on_failure)) {}
    event_loop loop;
    refused_connections refused;
  };

  task<> accept_clients(lane& mine, tcp_listener listener);
  void admit(lane& mine, unique_fd socket);

  tcp_listener listener_;
  const std::uint16_t port_;
  const async_options options_;
  const http_service service_;
  connection_counts counts_;
};

}  // namespace workbook
