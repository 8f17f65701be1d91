#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "connection.hpp"
#include "connection_counts.hpp"
#include "net/refused_connections.hpp"
#include "net/tcp_listener.hpp"
#include "routes.hpp"
#include "support/event_log.hpp"

namespace workbook {

/// A server that gives each connection a thread of its own. Nobody waits for anybody else, as long
/// as the system has threads to give: nothing in this server limits their number.
///
/// One thread runs it; any thread may request the stop, or ask for the port and the counts.
class naive_server {
 public:
  /// `handler` is called by many threads at once. `log` may be null; otherwise it must outlive the
  /// server.
  naive_server(tcp_listener listener, request_handler handler, event_log* log = nullptr);

  /// @returns the port that it listens on, even if the kernel chose it.
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  /// @returns how many connections have been accepted so far.
  [[nodiscard]] std::uint64_t total() const { return counts_.total(); }

  /// @returns how many connections are accepted and not closed yet.
  [[nodiscard]] std::size_t active() const { return counts_.active(); }

  /// Accepts clients and serves each on a new thread. Records `accepted` for each.
  /// - What serve_connection or the handler throws, of whatever type, costs that connection only:
  ///   it is recorded as `failed` with the reason.
  /// - When the system refuses a thread for a client, the client gets busy_response() and `rejected`
  ///   is recorded; the server goes on accepting.
  /// - Threads that have finished are joined while the server runs, even if an older one is still
  ///   serving: when the next client is accepted, or by a thread that does nothing else. An
  ///   unjoined thread keeps its stack. None is detached: only a join tells that a thread has
  ///   ended.
  /// Blocks until a stop is requested and every thread has finished: when run() has returned, no
  /// handler is running. Requests that have been read are still answered.
  /// @throws std::system_error if accepting fails for good.
  void run(const std::stop_token& stop);

 private:
  /// A connection with its thread. It does not move: the thread refers to it.
  struct session {
    session(connection accepted, connection_counts& counts)
        : client(std::move(accepted)), counted(counts) {}

    connection client;
    counted_connection counted;
    std::atomic<bool> finished = false;
    std::jthread thread;  // last: joined before the members that it uses are destroyed
  };

  void start_thread(session& mine, const std::stop_token& stop);
  void serve(session& mine, const std::stop_token& stop) noexcept;
  void admit(std::list<session>& sessions, tcp_stream stream, const std::stop_token& stop);
  void refuse(session& mine, const std::string& reason);

  tcp_listener listener_;
  request_handler handler_;
  event_log* log_;
  connection_counts counts_;
  refused_connections refused_;
};

/// @returns a greeting that names the thread it comes from, by its os_thread_id().
[[nodiscard]] std::string greeting_from_this_thread();

}  // namespace workbook
