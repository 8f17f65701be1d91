#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
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
  /// A connection with its thread.
  struct session {
    session(connection accepted, connection_counts& counts)
        : client(std::move(accepted)), counted(counts) {}

    connection client;
    counted_connection counted;
    std::thread thread;
  };

  void admit(tcp_stream stream, const std::stop_token& stop);
  void serve(session& mine, const std::stop_token& stop) noexcept;
  void refuse(session& mine, const std::string& reason);
  void join_the_finished();
  void join_all();

  tcp_listener listener_;
  request_handler handler_;
  event_log* log_;
  connection_counts counts_;
  refused_connections refused_;

  // Of the accepting thread alone. A map does not move what it holds.
  std::unordered_map<std::uint64_t, session> sessions_;

  std::mutex mutex_;                     // guards everything below
  std::vector<std::uint64_t> finished_;  // numbers of sessions whose threads are about to end
};

[[nodiscard]] std::string greeting_from_this_thread();

}  // namespace workbook
