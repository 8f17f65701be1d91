#pragma once

#include <cstdint>
#include <vector>

#include "harness/threads/schedule_search.hpp"
#include "harness/world/surroundings.hpp"

namespace workbook::harness::exploration {

/// What can happen next.
struct event_choice {
  enum class kind { ready, client, stop, time, time_out };
  kind what;
  int which = 0;  // the descriptor that is ready; the client
};

/// The rules of an order: what can happen at each place of it, and what the search makes of it.
/// Not thread-safe.
class event_choices {
 public:
  /// `leaves_out`: orders that are the same as others.
  event_choices(schedule_search& search, surroundings& around, order_report& report,
                bool leaves_out);

  void begin();

  /// Lets things happen while the program waits in epoll_wait until `deadline`, and is to be told of
  /// at most `most` events. `seen` is what it has been told so far, as a hash.
  /// @returns the descriptors of which it is told now: usually one; none if its time is over.
  [[nodiscard]] std::vector<int> wait(interest_set& interests, int epoll, std::size_t most,
                                      std::int64_t deadline, std::uint64_t seen);

  /// What could happen while the program waits may happen here, as an interruption.
  void interrupt();
  /// @returns one of 0 … options-1; all but the first are what a kernel may do and rarely does.
  [[nodiscard]] std::size_t surprise(std::size_t options);

 private:
  struct choices {
    std::vector<event_choice> all;
    std::size_t free = 0;  // the others, behind these, are interruptions
  };

  [[nodiscard]] event_choice choose_event(const std::vector<int>& ready, std::int64_t deadline,
                                          std::uint64_t seen);
  [[nodiscard]] choices what_can_happen(const std::vector<int>& ready, std::int64_t deadline) const;
  void add_clients_and_stop(std::vector<event_choice>& to) const;
  [[nodiscard]] bool could_have_come_earlier(const live_client& client) const;
  [[nodiscard]] event_choice at_standstill();
  void happen(const event_choice& next, std::int64_t deadline);
  [[nodiscard]] std::vector<int> with_others(int first, const std::vector<int>& ready,
                                             std::size_t most);
  [[nodiscard]] std::size_t choose(std::size_t options, std::size_t free, operation what);
  [[nodiscard]] std::uint64_t state(std::uint64_t seen) const;

  schedule_search& search_;
  surroundings& around_;
  order_report& report_;
  const bool leaves_out_;
  int last_to_step_ = nobody;  // a client, if nothing else has happened since
  bool last_has_connected_ = false;
};

}  // namespace workbook::harness::exploration
