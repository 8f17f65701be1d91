#include "harness/world/surroundings.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "harness/memory/address_table.hpp"

namespace workbook::harness::exploration {

surroundings::surroundings(world& around, descriptor_table& open, livelock_watch& watch,
                           order_report& report)
    : around_(around), open_(open), watch_(watch), report_(report) {
  int number = 0;
  for (scripted_client& client : around_.clients_) clients_.emplace_back(client, number++);
}

void surroundings::begin() {
  for (live_client& client : clients_) client.start();
  listened_ = false;
  now_ = 0;
  stop_ = {};
  stop_taken_ = stop_requested_ = false;
}

void surroundings::end() {
  for (live_client& client : clients_) client.finish();
}

// Clients.

live_client& surroundings::client(std::string_view name) {
  const auto found = std::ranges::find(clients_, name, &live_client::name);
  if (found != clients_.end()) return *found;
  throw std::invalid_argument("this world has no client " + std::string(name));
}

void surroundings::look_at_clients() {
  for (live_client& client : clients_) {
    client.look(now_, stop_requested_);
    if (!client.waits_in_vain()) continue;
    report_.fail(
        explore_verdict::unanswered,
        fmt::format("{} {}, and gets {}", client.name(), client.what_it_waits_for(),
                    client.script().was_reset() ? "a reset" : "the end of the connection"));
  }
}

bool surroundings::can_step(const live_client& client) const {
  const client_step* const next = client.next();
  if (next == nullptr || client.waits()) return false;
  return next->act != client_act::connect || listened_;
}

void surroundings::let_step(int client) {
  live_client& it = clients_[static_cast<std::size_t>(client)];
  watch_.moved();
  if (it.next()->act == client_act::connect) {
    connect(it);
    return;
  }
  const live_client::step_taken taken = it.take_step();
  report_.tell(client + 1, [&] { return taken.in_words(); });
  if (!taken.fitted) {
    report_.fail(explore_verdict::no_verdict,
                 fmt::format("{} sends more than fits into its connection", it.name()));
  }
}

void surroundings::connect(live_client& client) {
  descriptor* const at = open_.listener();
  const int column = client.number() + 1;
  if (at != nullptr && client.connect(at->address, at->address_length)) {
    at->queue.push_back(&client);
    report_.tell(column, [] { return "connects"; });
  } else {
    client.refuse();
    report_.tell(column, [&] { return at == nullptr ? "is refused" : "finds the queue full"; });
  }
}

bool surroundings::somebody_waits() const {
  return std::ranges::any_of(
      clients_, [](const live_client& client) { return client.waits() || client.has_gone(); });
}

void surroundings::require_nobody_waits() {
  if (stop_requested_) return;
  for (const live_client& client : clients_) {
    const bool connects = client.next() != nullptr && client.next()->act == client_act::connect;
    if (!client.waits() && !connects) continue;
    report_.fail(explore_verdict::unanswered,
                 fmt::format("{} {}, and nothing is left that could happen", client.name(),
                             client.what_it_waits_for()));
  }
  for (const live_client& client : clients_) {
    if (!client.has_gone()) continue;
    report_.fail(explore_verdict::left_open,
                 fmt::format("{} has gone, and the program keeps its connection", client.name()));
  }
}

void surroundings::require_all_answered() {
  if (stop_requested_) return;
  look_at_clients();
  for (const live_client& client : clients_) {
    if (!client.waits_for_program()) continue;
    report_.fail(explore_verdict::unanswered,
                 fmt::format("{} {}, and the program has returned", client.name(),
                             client.what_it_waits_for()));
  }
}

// Time.

std::int64_t surroundings::next_deadline(std::int64_t of_wait) const {
  std::int64_t next = no_deadline;
  const auto consider = [&](std::int64_t deadline) {
    if (deadline > now_) next = next == no_deadline ? deadline : std::min(next, deadline);
  };
  consider(of_wait);
  consider(open_.next_due(now_));
  for (const live_client& client : clients_) consider(client.pauses_until());
  return next;
}

void surroundings::pass_time(std::int64_t until) {
  report_.tell(world_column, [&] {
    const std::chrono::duration<double> passes = std::chrono::nanoseconds(until - now_);
    return fmt::format("{:.6g} s pass", passes.count());
  });
  now_ = until;
  watch_.time_has_passed();
  open_.fire_due(now_);
}

// The stop.

std::stop_token surroundings::stop_token() {
  stop_taken_ = true;
  return stop_.get_token();
}

bool surroundings::may_stop() const { return around_.stops_anywhere_ && stop_is_awaited(); }

void surroundings::request_stop() {
  stop_requested_ = true;
  watch_.moved();
  report_.tell(world_column, [] { return "the stop is requested"; });
  in_callbacks_ = true;
  stop_.request_stop();
  in_callbacks_ = false;
}

std::uint64_t surroundings::state() const {
  std::uint64_t hash = memory::mix(static_cast<std::uint64_t>(now_), stop_requested_ ? 1 : 0);
  for (const live_client& client : clients_) hash = memory::mix(hash, client.state());
  return memory::mix(hash, open_.state());
}

}  // namespace workbook::harness::exploration

#endif
