#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
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

class thread_pool;

/// What a server does with a client for whom there is no room in the queue.
enum class overload_policy {
  reject,  ///< answers 503 at once: the client knows, and may come again
  wait,    ///< waits for room, accepting nobody meanwhile: the kernel's backlog becomes the queue
};

struct pool_options {
  std::size_t workers = 4;           ///< at least 1
  std::size_t queue_capacity = 100;  ///< connections that may wait for a worker, at least 1
  overload_policy overload = overload_policy::reject;
};

/// A server with a fixed number of threads: accepted connections wait in a bounded queue for a
/// worker. It serves as many clients at the same time as it has workers; the next one waits, so
/// head-of-line blocking is back from there on.
///
/// One thread runs it; any thread may request the stop, or ask for the port and the counts.
class pooled_server {
 public:
  /// `handler` is called by many threads at once. `log` may be null; otherwise it must outlive the
  /// server.
  pooled_server(tcp_listener listener, request_handler handler, pool_options options,
                event_log* log = nullptr);

  /// @returns the port that it listens on, even if the kernel chose it.
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  /// @returns how many connections have been accepted so far, those that were rejected included.
  [[nodiscard]] std::uint64_t total() const { return counts_.total(); }

  /// @returns how many connections are accepted and not closed yet: in the queue or with a worker.
  [[nodiscard]] std::size_t active() const { return counts_.active(); }

  /// Accepts clients and hands them to the pool. Records `accepted` for each, then `queued`, or
  /// `rejected` if there is no room and the policy is `reject`: such a client gets busy_response().
  /// - What serve_connection or the handler throws, of whatever type, costs that connection only:
  ///   it is recorded as `failed` with the reason.
  /// Blocks until a stop is requested and every accepted connection has been served; a stop ends
  /// the waiting for silent clients, and requests that have arrived are still answered.
  /// @throws std::invalid_argument if there are 0 workers or no room in the queue,
  /// std::system_error if the system refuses a worker, or accepting fails for good.
  void run(const std::stop_token& stop);

 private:
  /// A connection on its way from the acceptor to a worker. The job has it, and so has the acceptor
  /// until it knows that the job was accepted.
  struct session {
    session(connection accepted, connection_counts& counts)
        : client(std::move(accepted)), counted(counts) {}

    connection client;
    counted_connection counted;
    std::once_flag queued;
  };

  void admit(thread_pool& pool, tcp_stream stream, const std::stop_token& stop);
  void refuse(session& mine);
  void record_queued(session& mine);
  void serve(session& mine, const std::stop_token& stop) noexcept;

  tcp_listener listener_;
  request_handler handler_;
  pool_options options_;
  event_log* log_;
  connection_counts counts_;
  refused_connections refused_;
};

/// @returns a greeting that names the worker it comes from, by its os_thread_id().
[[nodiscard]] std::string greeting_from_this_worker();

}  // namespace workbook
