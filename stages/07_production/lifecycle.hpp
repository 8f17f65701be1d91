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

  // TODO 7.3 (about 12 lines): turns Lifecycle.* and LifecycleSchedules.* green
  //   Two threads may call advance_to at the same time. What can happen between looking and writing?
  //   A server that drains: should it be killed? Should it get clients?
  /// Goes on to `next`; stays where it is if it is there or further by then.
  void advance_to(server_state next) { todo("7.3", next); }

  /// The answer to "shall I start you anew?": 200 unless it has stopped. Whoever drains is alive.
  [[nodiscard]] http_response livez() const { todo("7.3"); }

  /// The answer to "shall I send you clients?": 200 only when it is ready.
  [[nodiscard]] http_response readyz() const { todo("7.3"); }

 private:
  std::atomic<server_state> state_ = server_state::starting;
};

}  // namespace workbook
