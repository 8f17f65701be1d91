#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "async/server_options.hpp"
#include "async_stream.hpp"
#include "connection_counts.hpp"
#include "event_loop.hpp"
#include "http.hpp"
#include "net/refused_connections.hpp"
#include "net/tcp_listener.hpp"
#include "support/event_log.hpp"

namespace workbook {

/// Answers a request, and may suspend meanwhile; the loop and the request live until its task has
/// ended. It must not block: its thread has others to serve.
using async_handler = std::function<task<http_response>(event_loop&, const http_request&)>;

/// A server in which a thread waits for thousands of clients. Each thread has an event loop and a
/// listener of its own, on the same port: they share nothing but the counts.
/// One thread runs it; any thread may request the stop, or ask for the port and the counts.
class async_server {
 public:
  /// `handler` is called by all loops. `log` may be null, else it must outlive the server.
  /// @throws std::invalid_argument if there are 0 loops or no connections allowed.
  async_server(tcp_listener listener, async_handler handler, async_options options = {},
               event_log* log = nullptr);

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  [[nodiscard]] std::uint64_t total() const { return counts_.total(); }
  [[nodiscard]] std::size_t active() const { return counts_.active(); }

  /// Accepts clients and serves each until one of the two ends the connection. Requests that come
  /// together are answered in order, and between two of them other clients have their turn.
  /// Records `accepted`; `started` and `finished` for each request; `rejected` for one client too
  /// many, which gets busy_response(); and `failed` when a client resets before it has its last
  /// answer, or does not read, or a handler throws: that costs this connection only.
  /// - An answer says that it is the last behind what is no request (400, 414, 431), a request with
  ///   a body or longer than `limits.head` on its way (408), a client's wish (`close`, HTTP/1.0),
  ///   or a stop. Who is idle for `limits.idle`, or when a stop comes, is left without a word.
  /// Blocks until a stop is requested and every connection has ended. Clients who wait in the
  /// kernel then are still accepted; every request that has arrived is answered. To be called once.
  /// @throws std::system_error if the system refuses a thread, or descriptors for the loops.
  /// Source: RFC 9112 §9.3, §9.6; RFC 9110 §15.5.9.
  void run(const std::stop_token& stop);

 private:
  /// What a thread of the server has.
  struct lane {
    event_loop loop{&std::rethrow_exception};  // a connection catches what it throws itself
    refused_connections refused;
  };
  struct client;

  task<> accept_clients(lane& mine, tcp_listener listener);
  void admit(lane& mine, unique_fd socket);
  task<> serve(event_loop& loop, unique_fd socket, std::uint64_t number,
               counted_connection counted);
  task<bool> answer(client& one);

  tcp_listener listener_;
  const async_handler handler_;
  const async_options options_;
  event_log* const log_;
  connection_counts counts_;
};

}  // namespace workbook
