#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
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

enum class overload_policy {
  reject,  ///< answers 503 at once: the client knows, and may come again
  wait,    ///< waits for room, accepting nobody meanwhile: the kernel's backlog becomes the queue
};

struct pool_options {
  std::size_t workers = 4;           ///< at least 1
  std::size_t queue_capacity = 100;  ///< connections that may wait for a worker, at least 1
  overload_policy overload = overload_policy::reject;
};

class pooled_server {
 public:
  pooled_server(tcp_listener listener, request_handler handler, pool_options options,
                event_log* log = nullptr);

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  [[nodiscard]] std::uint64_t total() const { return counts_.total(); }

  [[nodiscard]] std::size_t active() const { return counts_.active(); }

  void run(const std::stop_token& stop);

 private:
  struct session {
    session(connection accepted, connection_counts& counts)
        : client(std::move(accepted)), counted(counts) {}

    connection client;
    counted_connection counted;
    std::mutex handing_over;  // held by the acceptor while it has the session
  };

  void admit(thread_pool& pool, tcp_stream stream, const std::stop_token& stop);
  void refuse(session& mine);
  void forget(std::list<session>::iterator mine);
  void serve(session& mine, const std::stop_token& stop) noexcept;

  tcp_listener listener_;
  request_handler handler_;
  pool_options options_;
  event_log* log_;
  connection_counts counts_;
  refused_connections refused_;

  std::mutex mutex_;  // guards sessions_, not what is in it
  std::list<session> sessions_;
};

[[nodiscard]] std::string greeting_from_this_worker();

}  // namespace workbook
