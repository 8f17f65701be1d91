#pragma once

#include <cstdint>
#include <stop_token>
#include <string_view>
#include <vector>

#include "harness/world/descriptor_table.hpp"
#include "harness/world/livelock_watch.hpp"
#include "harness/world/order_report.hpp"
#include "harness/world/world.hpp"

namespace workbook::harness::exploration {

/// What acts in an order beside the program: its clients, the clock, and the stop. When they act is
/// chosen elsewhere (event_choices.hpp). Not thread-safe.
class surroundings {
 public:
  surroundings(world& around, descriptor_table& open, livelock_watch& watch, order_report& report);

  void begin();
  /// To be called when the program has returned: the clients read what has come for them.
  void end();

  // Clients.

  [[nodiscard]] const std::vector<live_client>& clients() const { return clients_; }
  /// @throws std::invalid_argument if there is no client of this name.
  [[nodiscard]] live_client& client(std::string_view name);
  /// Lets them read, and go on where what they wait for has come. One who waits in vain is a failure.
  void look_at_clients();
  [[nodiscard]] bool can_step(const live_client& client) const;
  void let_step(int client);
  /// From now on clients connect.
  void listens() { listened_ = true; }
  /// Whether somebody waits for the program or for time, or for the program to let go of them.
  [[nodiscard]] bool somebody_waits() const;
  /// Nothing more happens by itself: everybody should have what they wait for.
  void require_nobody_waits();
  /// The program has returned: nobody should wait for it. After the stop nobody does.
  void require_all_answered();

  // Time, in nanoseconds since the order began.

  [[nodiscard]] std::int64_t now() const { return now_; }
  /// @returns the next moment at which something happens by itself; `of_wait` is another one.
  [[nodiscard]] std::int64_t next_deadline(std::int64_t of_wait) const;
  void pass_time(std::int64_t until);

  // The stop.

  [[nodiscard]] std::stop_token stop_token();
  /// Whether it may be requested although there is something else to do.
  [[nodiscard]] bool may_stop() const;
  [[nodiscard]] bool is_stopped() const { return stop_requested_; }
  /// Whether the program waits for a stop that is still to come.
  [[nodiscard]] bool stop_is_awaited() const { return stop_taken_ && !stop_requested_; }
  void request_stop();
  /// Whether a stop_callback of the program is running.
  [[nodiscard]] bool is_stopping() const { return in_callbacks_; }

  /// How far all of them are, and the descriptors that they act on, as a hash.
  [[nodiscard]] std::uint64_t state() const;

 private:
  void connect(live_client& client);

  world& around_;
  descriptor_table& open_;
  livelock_watch& watch_;
  order_report& report_;

  std::vector<live_client> clients_;
  bool listened_ = false;  // somebody has listened in this order
  std::int64_t now_ = 0;
  std::stop_source stop_;
  bool stop_taken_ = false;
  bool stop_requested_ = false;
  bool in_callbacks_ = false;
};

}  // namespace workbook::harness::exploration
