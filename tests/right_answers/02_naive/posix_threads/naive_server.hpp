#pragma once

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

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
  /// What a thread is given, and what tells when it may be joined.
  struct session {
    session(naive_server& owner, connection accepted, std::stop_token to_stop)
        : server(owner),
          client(std::move(accepted)),
          counted(owner.counts_),
          stop(std::move(to_stop)) {}

    naive_server& server;
    connection client;
    counted_connection counted;
    std::stop_token stop;
    pthread_t thread{};
    std::atomic_flag finished;
  };

  static void* thread_main(void* mine);
  void serve(session& mine) noexcept;
  void admit(tcp_stream stream, const std::stop_token& stop);
  void refuse(session& mine, const std::string& reason);
  void join_the_finished();
  void join_all();

  tcp_listener listener_;
  request_handler handler_;
  event_log* log_;
  connection_counts counts_;
  refused_connections refused_;
  std::vector<std::unique_ptr<session>> sessions_;  // in order of arrival
};

[[nodiscard]] std::string greeting_from_this_thread();

}  // namespace workbook
