#include "harness/world/event_choices.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <algorithm>

#include "harness/memory/address_table.hpp"

namespace workbook::harness::exploration {

using kind = event_choice::kind;

event_choices::event_choices(schedule_search& search, surroundings& around, order_report& report,
                             bool leaves_out)
    : search_(search), around_(around), report_(report), leaves_out_(leaves_out) {
  if (leaves_out_) search_.leave_out_what_is_known();
}

void event_choices::begin() {
  last_to_step_ = nobody;
  last_has_connected_ = false;
}

std::vector<int> event_choices::wait(interest_set& interests, int epoll, std::size_t most,
                                     std::int64_t deadline, std::uint64_t seen) {
  last_to_step_ = nobody;
  for (;;) {
    around_.look_at_clients();
    const std::vector<int> ready = interests.ready(epoll);
    const event_choice next = choose_event(ready, deadline, seen);
    if (next.what == kind::ready) return with_others(next.which, ready, most);
    if (next.what == kind::time_out) return {};
    happen(next, deadline);
  }
}

/// One event, or, as a surprise, with it all others that are ready.
std::vector<int> event_choices::with_others(int first, const std::vector<int>& ready,
                                            std::size_t most) {
  std::vector<int> told{first};
  const std::size_t count = std::min(ready.size(), most);
  if (surprise(count > 1 ? 2 : 1) == 0) return told;
  for (const int fd : ready) {
    if (fd != first && told.size() < count) told.push_back(fd);
  }
  return told;
}

event_choice event_choices::choose_event(const std::vector<int>& ready, std::int64_t deadline,
                                         std::uint64_t seen) {
  const bool is_new = search_.came_to(state(seen));
  const choices can = what_can_happen(ready, deadline);
  if (can.all.empty()) return at_standstill();
  // What nobody else could do in the meantime costs nothing.
  const std::size_t free = std::max<std::size_t>(can.free, 1);
  const std::size_t options = search_.affords_preemption() ? can.all.size() : free;
  const std::size_t pick = choose(is_new ? options : 1, free, operation::wait);
  if (pick >= free) search_.spend_preemption();
  return can.all[pick];
}

/// The ordinary ones first. An epoll_wait that is not to wait, or no longer, is work: what else
/// happens then interrupts it.
event_choices::choices event_choices::what_can_happen(const std::vector<int>& ready,
                                                      std::int64_t deadline) const {
  const bool expired = deadline != no_deadline && deadline <= around_.now();
  choices can;
  for (const int fd : ready) can.all.push_back({kind::ready, fd});
  if (expired && ready.empty()) can.all.push_back({kind::time_out});
  if (expired) can.free = can.all.size();
  add_clients_and_stop(can.all);
  if (!expired) can.free = can.all.size();
  const bool can_pass = !expired && around_.next_deadline(deadline) != no_deadline;
  const bool passes_first = can.free > 0 || around_.somebody_waits() || !around_.stop_is_awaited();
  if (can_pass && passes_first) can.all.push_back({kind::time});
  return can;
}

void event_choices::add_clients_and_stop(std::vector<event_choice>& to) const {
  for (const live_client& client : around_.clients()) {
    if (around_.can_step(client) && !could_have_come_earlier(client)) {
      to.push_back({kind::client, client.number()});
    }
  }
  if (around_.may_stop()) to.push_back({kind::stop});
}

/// Steps of two clients, one right after the other, come to the same in either order, unless both
/// connect: then the queue tells them apart. Only the one in the order of the clients is tried: of
/// all orders that are the same, the first one in the dictionary has only such neighbours.
/// Source: Anisimov and Knuth, Inhomogeneous sorting, 1979.
bool event_choices::could_have_come_earlier(const live_client& client) const {
  return leaves_out_ && client.number() < last_to_step_ &&
         !(last_has_connected_ && client.next()->act == client_act::connect);
}

/// Nothing more happens by itself. Everybody should have what they wait for, and then comes the stop.
event_choice event_choices::at_standstill() {
  around_.require_nobody_waits();
  if (around_.stop_is_awaited()) return {kind::stop};
  report_.fail(
      explore_verdict::deadlock,
      around_.is_stopped()
          ? "deadlock: the stop was requested, and the program waits in epoll_wait for ever"
          : "deadlock: the program waits in epoll_wait, and nothing is left that could "
            "happen");
}

void event_choices::happen(const event_choice& next, std::int64_t deadline) {
  last_to_step_ = nobody;
  if (next.what == kind::client) {
    const auto& client = around_.clients()[static_cast<std::size_t>(next.which)];
    last_to_step_ = next.which;
    last_has_connected_ = client.next()->act == client_act::connect;
    around_.let_step(next.which);
  }
  if (next.what == kind::stop) around_.request_stop();
  if (next.what == kind::time) around_.pass_time(around_.next_deadline(deadline));
}

void event_choices::interrupt() {
  if (around_.is_stopping()) return;
  last_to_step_ = nobody;
  for (;;) {
    around_.look_at_clients();
    std::vector<event_choice> can{{kind::time_out}};  // which is: nothing
    add_clients_and_stop(can);
    const std::size_t options = search_.affords_preemption() ? can.size() : 1;
    const std::size_t pick = choose(options, 1, operation::point);
    if (pick == 0) return;
    search_.spend_preemption();
    happen(can[pick], no_deadline);
  }
}

std::size_t event_choices::surprise(std::size_t options) {
  const bool affordable = search_.affords_surprise();
  const std::size_t pick = choose(affordable ? options : 1, 1, operation::wake_spuriously);
  if (pick > 0) search_.spend_surprise();
  return pick;
}

std::size_t event_choices::choose(std::size_t options, std::size_t free, operation what) {
  const int pick = search_.choose(static_cast<int>(options), static_cast<int>(free), 0, what);
  if (search_.nondeterministic()) {
    report_.fail(explore_verdict::nondeterministic,
                 "the program is not repeatable: in the same order of events it came to a "
                 "different call");
  }
  return static_cast<std::size_t>(pick);
}

/// What the program has been told decides what it does next, and how far the others are, what they
/// can still do to it.
std::uint64_t event_choices::state(std::uint64_t seen) const {
  const int last = last_to_step_ * 2 + (last_has_connected_ ? 1 : 0);
  return memory::mix(memory::mix(seen, around_.state()), static_cast<std::uint64_t>(last));
}

}  // namespace workbook::harness::exploration

#endif
