#pragma once

#include <atomic>
#include <string>

#include "async/server_state.hpp"
#include "http.hpp"

namespace workbook {

/// What a server says of itself to those who start, watch and stop it.
/// Thread-safe, never blocks.
class lifecycle {
 public:
  [[nodiscard]] server_state state() const { return state_; }

  /// Goes on to `next`; stays where it is if it is there or further by then.
  void advance_to(server_state next) {
    server_state now = state_;
    while (now < next && !state_.compare_exchange_weak(now, next)) {
    }
  }

  /// The answer to "shall I start you anew?": 200 unless it has stopped. Whoever drains is alive.
  [[nodiscard]] http_response livez() const {
    const server_state now = state_;
    return {now == server_state::stopped ? 503 : 200, std::string(to_string(now)) + "\n"};
  }

  /// The answer to "shall I send you clients?": 200 only when it is ready.
  [[nodiscard]] http_response readyz() const {
    const server_state now = state_;
    return {now == server_state::ready ? 200 : 503, std::string(to_string(now)) + "\n"};
  }

 private:
  std::atomic<server_state> state_ = server_state::starting;
};

}  // namespace workbook
