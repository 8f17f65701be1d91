#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "admission.hpp"
#include "async/production_options.hpp"
#include "async_server.hpp"
#include "histogram.hpp"
#include "lifecycle.hpp"
#include "metrics/labelled_counts.hpp"

namespace workbook {

/// The server of stage 06 as somebody can operate it: it says how it is, has limits, and ends without
/// losing a request. One thread runs it; any thread may request the stop, or ask.
class production_server {
 public:
  /// `handler` is called by all loops. `log` may be null, else it must outlive the server.
  /// @throws std::invalid_argument, see check().
  production_server(tcp_listener listener, async_handler handler, production_options options = {},
                    event_log* log = nullptr);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] server_state state() const { return life_.state(); }

  /// Serves as stage 06 does. Also answers probes and scrapes at `/livez`, `/readyz`, `/metrics`.
  /// - Too many requests in flight: 503 before any work. Too many connections: a few may still probe.
  /// - A body is read and thrown away: 413 if it is too large, 411 if its length is not said.
  /// - A head, a body and an answer have their time in all, whatever trickles: 408 for the first two.
  ///   An idle client is left without a word. A handler that throws is answered for with 500.
  /// At the stop it drains: it is not ready, and each answer is the last of its connection. At the end
  /// of the grace it stops listening and leaves who was answered and is idle. It returns when all
  /// others are answered; at the deadline whoever is left is cut off. To be called once.
  /// Source: RFC 9112 §9.6; RFC 9110 §15.5.9, §15.5.12, §15.5.14, §15.6.4.
  void run(const std::stop_token& stop);

 private:
  struct lane;
  struct client;

  void advance_to(server_state next);
  void admit(lane& mine, unique_fd socket);
  task<> accept_clients(lane& mine, tcp_listener listener);
  task<> serve(lane& mine, unique_fd socket, std::uint64_t number, place its_place,
               bool only_probes);
  task<> drain(lane& mine, std::stop_token stop);
  task<> read_request(client& one);
  task<bool> answer(client& one);
  task<http_response> response_to(client& one, std::optional<place>& its_place);
  [[nodiscard]] std::optional<http_response> answer_by_rule(const client& one) const;

  tcp_listener listener_;
  const std::uint16_t port_ = listener_.port();
  const async_handler handler_;
  const production_options options_;
  event_log* const log_;

  lifecycle life_;
  places connections_{options_.max_connections};
  places for_probes_{connections_for_probes};
  places in_flight_{options_.max_in_flight};
  std::atomic<std::uint64_t> accepted_ = 0;
  labelled_counts requests_;
  labelled_counts cut_off_;
  histogram durations_{{0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10}};
};

}  // namespace workbook
