#include "harness/world/order.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>

#include "harness/threads/explore_child.hpp"

// The rules of an order: what can happen next, and what then happens.
namespace workbook::harness::exploration {
namespace {

// Nothing has moved for so long: it never will. A program that is right needs none or one.
constexpr int most_waits_in_vain = 50;
constexpr int most_times_in_vain = 200;

}  // namespace

order::order(world& around, shared_state& shared, schedule_search& search, int most_calls,
             story* told)
    : around_(around), shared_(shared), search_(search), most_calls_(most_calls), told_(told) {
  for (scripted_client& client : around_.clients_) clients_.emplace_back(client);
}

order::~order() = default;

std::vector<std::string> order::columns_of(const world& around) {
  std::vector<std::string> names;
  for (const scripted_client& client : around.clients_) names.push_back(client.name());
  return names;
}

void order::run(const std::function<void()>& body, const std::function<void()>& expectations) {
  search_.start_schedule();
  if (told_ != nullptr) told_->begin();
  for (live_client& client : clients_) client.start();
  open_.clear();
  stop_ = {};
  stop_taken_ = stop_requested_ = listened_ = false;
  ports_given_ = 0;
  now_ = 0;
  seen_ = 0;
  calls_ = waits_in_vain_ = times_in_vain_ = event_depth_ = 0;
  around_.running_ = this;
  try {
    const answered_by mine(*this);
    body();
  } catch (const std::exception& error) {
    fail(explore_verdict::exception, std::string("an exception left the program: ") + error.what());
  }
  around_.running_ = nullptr;
  require_nothing_open();
  for (live_client& client : clients_) client.finish();
  if (search_.nondeterministic() || search_.ended_early()) {
    fail(explore_verdict::nondeterministic,
         "the program ended in another place although its order began like an earlier one");
  }
  try {
    if (expectations) expectations();
  } catch (const std::exception& unmet) {
    fail(explore_verdict::check_failed, unmet.what());
  }
}

void order::fail(explore_verdict verdict, const std::string& message) {
  end_child(shared_, verdict, message);
}

void order::tell(int column, const std::string& what) {
  if (told_ != nullptr) told_->tell(column, what);
}

void order::require_nothing_open() {
  for (const auto& [fd, it] : open_) {
    fail(explore_verdict::left_open,
         fmt::format("the program has returned and left {} open", name_of(fd)));
  }
}

std::stop_token order::stop_token() {
  stop_taken_ = true;
  return stop_.get_token();
}

/// What the program has been told decides what it does next, and how far the clients are, what they
/// can still do to it.
std::uint64_t order::state() const {
  std::uint64_t hash = memory::mix(seen_, static_cast<std::uint64_t>(now_));
  hash = memory::mix(hash, stop_requested_ ? 1 : 0);
  for (const live_client& client : clients_) hash = memory::mix(hash, client.state());
  for (const auto& [fd, it] : open_) {
    for (const int client : it.queue) hash = memory::mix(hash, static_cast<std::uint64_t>(client));
    hash = memory::mix(hash, it.interests.state());
  }
  return hash;
}

order::event_choice order::what_next(const std::vector<int>& ready, std::int64_t deadline) {
  const bool is_new = search_.came_to(state());
  const choices can = what_can_happen(ready, deadline);
  if (can.all.empty()) return at_standstill();
  // What nobody else could do in the meantime costs nothing.
  const std::size_t free = std::max<std::size_t>(can.free, 1);
  const std::size_t options = search_.affords_preemption() ? can.all.size() : free;
  const int pick = choose(is_new ? options : 1, free, operation::wait);
  if (static_cast<std::size_t>(pick) >= free) search_.spend_preemption();
  return can.all[static_cast<std::size_t>(pick)];
}

/// The ordinary ones first. An epoll_wait that is not to wait, or no longer, is work: what else
/// happens then interrupts it.
order::choices order::what_can_happen(const std::vector<int>& ready, std::int64_t deadline) {
  using kind = event_choice::kind;
  const bool expired = deadline != no_deadline && deadline <= now_;
  choices can;
  for (const int fd : ready) can.all.push_back({kind::ready, fd});
  if (expired && ready.empty()) can.all.push_back({kind::time_out});
  if (expired) can.free = can.all.size();
  add_clients_and_stop(can.all);
  if (!expired) can.free = can.all.size();
  const bool somebody_waits = std::ranges::any_of(clients_, &live_client::waits);
  const bool ends_by_itself = !stop_taken_ || stop_requested_;
  const bool can_pass = !expired && next_deadline(deadline) != no_deadline;
  const bool passes_first = can.free > 0 || somebody_waits || ends_by_itself;
  if (can_pass && passes_first) can.all.push_back({kind::time});
  return can;
}

void order::add_clients_and_stop(std::vector<event_choice>& to) {
  using kind = event_choice::kind;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (can_step(clients_[i])) to.push_back({kind::client, static_cast<int>(i)});
  }
  const bool may_stop = around_.stops_anywhere_ && stop_taken_ && !stop_requested_;
  if (may_stop) to.push_back({kind::stop});
}

/// Nothing more happens by itself. Everybody should have what they wait for, and then comes the stop.
order::event_choice order::at_standstill() {
  for (const live_client& client : clients_) {
    if (!client.waits() || stop_requested_) continue;
    fail(explore_verdict::unanswered,
         fmt::format("{} {}, and nothing is left that could happen", client.name(),
                     client.what_it_waits_for()));
  }
  if (stop_requested_) {
    fail(explore_verdict::deadlock,
         "deadlock: the stop was requested, and the program waits in epoll_wait for ever");
  }
  if (stop_taken_) return {event_choice::kind::stop};
  fail(explore_verdict::deadlock,
       "deadlock: the program waits in epoll_wait, and nothing is left that could happen");
}

void order::happen(const event_choice& next, std::int64_t deadline) {
  using kind = event_choice::kind;
  if (next.what == kind::client) let_step(next.which);
  if (next.what == kind::stop) request_stop();
  if (next.what == kind::time) pass_time(next_deadline(deadline));
}

int order::epoll_wait(int epoll, epoll_event* events, int count, int timeout) {
  descriptor* const it = find(epoll, descriptor::kind::epoll);
  if (it == nullptr || count <= 0) return system_calls::epoll_wait(epoll, events, count, timeout);
  count_call(false);
  constexpr std::int64_t millisecond = 1'000'000;
  const std::int64_t deadline = timeout < 0 ? no_deadline : now_ + timeout * millisecond;
  for (;;) {
    look_at_clients();
    const auto ready = it->interests.ready(epoll);
    const event_choice next = what_next(ready, deadline);
    if (next.what == event_choice::kind::ready) {
      return deliver(*it, ready, next.which, {events, static_cast<std::size_t>(count)});
    }
    if (next.what == event_choice::kind::time_out) {
      if (timeout == 0) ++waits_in_vain_;
      observe(0);
      tell(program_column, "epoll_wait: nothing");
      return 0;
    }
    happen(next, deadline);
  }
}

namespace {

std::string names_of(std::uint32_t events) {
  std::string text;
  const auto add = [&](std::uint32_t bit, std::string_view name) {
    if ((events & bit) != 0) text += fmt::format(" {}", name);
  };
  add(EPOLLIN, "IN");
  add(EPOLLOUT, "OUT");
  add(EPOLLRDHUP, "RDHUP");
  add(EPOLLHUP, "HUP");
  add(EPOLLERR, "ERR");
  return text;
}

}  // namespace

/// One event, or, as a surprise, with it all others that are ready.
int order::deliver(descriptor& epoll, const std::vector<int>& ready, int first,
                   std::span<epoll_event> events) {
  std::vector<int> told{first};
  const std::size_t others = std::min(ready.size(), events.size()) - 1;
  if (surprise(others > 0 ? 2 : 1) == 1) {
    for (const int fd : ready) {
      if (fd != first && told.size() <= others) told.push_back(fd);
    }
  }
  if (++waits_in_vain_ > most_waits_in_vain) {
    fail(explore_verdict::livelock,
         fmt::format("livelock: epoll_wait has returned {} times in a row, for {} at last, and the "
                     "program has done nothing about it",
                     most_waits_in_vain, name_of(first)));
  }
  std::string text = "epoll_wait:";
  for (std::size_t i = 0; i < told.size(); ++i) {
    events[i] = epoll.interests.take(told[i]);
    observe(memory::mix(static_cast<std::uint64_t>(told[i]), events[i].events));
    text += fmt::format("{} {}{}", i > 0 ? "," : "", name_of(told[i]), names_of(events[i].events));
  }
  tell(program_column, text);
  return static_cast<int>(told.size());
}

/// What could happen while the program waits may happen here, as an interruption.
void order::interrupt() {
  if (event_depth_ > 0) return;
  for (;;) {
    look_at_clients();
    std::vector<event_choice> can{{event_choice::kind::time_out}};  // which is: nothing
    add_clients_and_stop(can);
    const int pick = choose(search_.affords_preemption() ? can.size() : 1, 1, operation::point);
    if (pick == 0) return;
    search_.spend_preemption();
    happen(can[static_cast<std::size_t>(pick)], no_deadline);
  }
}

std::size_t order::surprise(std::size_t options) {
  const bool affordable = search_.affords_surprise();
  const int pick = choose(affordable ? options : 1, 1, operation::wake_spuriously);
  if (pick > 0) search_.spend_surprise();
  return static_cast<std::size_t>(pick);
}

int order::choose(std::size_t options, std::size_t free, operation what) {
  const int pick = search_.choose(static_cast<int>(options), static_cast<int>(free), 0, what);
  if (search_.nondeterministic()) {
    fail(explore_verdict::nondeterministic,
         "the program is not repeatable: in the same order of events it came to another call");
  }
  return pick;
}

// Time.

std::int64_t order::next_deadline(std::int64_t of_wait) const {
  std::int64_t next = of_wait;
  const auto consider = [&](std::int64_t deadline) {
    if (deadline == no_deadline || deadline <= now_) return;
    next = next == no_deadline ? deadline : std::min(next, deadline);
  };
  for (const auto& [fd, it] : open_) consider(it.due);
  for (const live_client& client : clients_) consider(client.pauses_until());
  return next;
}

void order::pass_time(std::int64_t until) {
  const std::chrono::duration<double> passed = std::chrono::nanoseconds(until - now_);
  now_ = until;
  waits_in_vain_ = 0;
  tell(world_column, fmt::format("{:.6g} s pass", passed.count()));
  if (++times_in_vain_ > most_times_in_vain) {
    fail(explore_verdict::livelock,
         fmt::format("livelock: the program has been woken by its timers {} times in a row, and "
                     "nothing else happens",
                     most_times_in_vain));
  }
  for (auto& [fd, it] : open_) {
    if (it.due != no_deadline && it.due <= now_) fire(fd, it);
  }
}

/// A timerfd is an eventfd in a world: both are read as the number of what has happened.
void order::fire(int fd, descriptor& timer) {
  const std::uint64_t once = 1;
  kernel().write(fd, &once, sizeof once);
  timer.due = timer.interval > 0 ? timer.due + timer.interval : no_deadline;
}

void order::request_stop() {
  stop_requested_ = true;
  waits_in_vain_ = times_in_vain_ = 0;
  tell(world_column, "the stop is requested");
  ++event_depth_;
  stop_.request_stop();
  --event_depth_;
}

// Clients.

void order::look_at_clients() {
  for (live_client& client : clients_) {
    client.look(now_, stop_requested_);
    if (!client.waits_in_vain()) continue;
    fail(explore_verdict::unanswered, fmt::format("{} {}, and gets the end of the connection",
                                                  client.name(), client.what_it_waits_for()));
  }
}

const descriptor* order::listener() const {
  const auto found = std::ranges::find_if(
      open_, [](const auto& it) { return it.second.what == descriptor::kind::listener; });
  return found == open_.end() || found->second.port == 0 ? nullptr : &found->second;
}

bool order::can_step(const live_client& client) const {
  const client_step* const next = client.next();
  if (next == nullptr || client.waits()) return false;
  return next->act != client_act::connect || listened_;
}

void order::let_step(int client) {
  live_client& it = clients_[static_cast<std::size_t>(client)];
  waits_in_vain_ = times_in_vain_ = 0;
  if (it.next()->act == client_act::connect) {
    connect_client(client);
  } else {
    tell(client + 1, it.take_step());
  }
}

void order::connect_client(int client) {
  live_client& it = clients_[static_cast<std::size_t>(client)];
  auto* const at = const_cast<descriptor*>(listener());
  if (at != nullptr && it.connect(at->address, at->address_length)) {
    at->queue.push_back(client);
    tell(client + 1, "connects");
  } else {
    it.refuse();
    tell(client + 1, at == nullptr ? "is refused" : "finds the queue full");
  }
}

}  // namespace workbook::harness::exploration

#endif
