#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
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

class naive_server {
 public:
  naive_server(tcp_listener listener, request_handler handler, event_log* log = nullptr);

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  [[nodiscard]] std::uint64_t total() const { return counts_.total(); }
  [[nodiscard]] std::size_t active() const { return counts_.active(); }

  void run(const std::stop_token& stop);

 private:
  /// A connection with its thread. It does not move: the thread refers to it.
  struct session {
    session(connection accepted, connection_counts& counts)
        : client(std::move(accepted)), counted(counts) {}

    connection client;
    counted_connection counted;
    std::jthread thread;  // last: joined before the members that it uses are destroyed
  };
  using session_list = std::list<session>;

  void admit(tcp_stream stream, const std::stop_token& stop);
  void serve(session& mine, const std::stop_token& stop) noexcept;
  void refuse(session& mine, const std::string& reason);
  void join_the_finished();

  tcp_listener listener_;
  request_handler handler_;
  event_log* log_;
  connection_counts counts_;
  refused_connections refused_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  session_list serving_;
  session_list finished_;   // their threads are about to end
  bool accepting_ = false;  // while it is true, more sessions may come
};

[[nodiscard]] std::string greeting_from_this_thread();

}  // namespace workbook
