#include "production_server.hpp"

#include <deque>
#include <set>
#include <utility>

#include "async/accepting.hpp"
#include "async/attendance.hpp"
#include "async/stop_awaiter.hpp"
#include "connection.hpp"
#include "exposition.hpp"
#include "http/arriving_request.hpp"
#include "http/keep_alive_bytes.hpp"
#include "metrics/server_page.hpp"
#include "support/run_on_threads.hpp"

namespace workbook {

/// What a thread of the server has.
struct production_server::lane {
  struct deadline_over {};  // thrown out of the loop: it ends, whoever is left

  io_source listening = {};
  bool closing = false;       // the grace is over: nobody else is accepted
  std::set<int> idle = {};    // sockets of clients who may be left then
  attendance present = {};    // tasks that accept or serve
  std::stop_source end = {};  // of the loop
  refused_connections refused = {};
  event_loop loop{&std::rethrow_exception};  // last: its tasks use the members above to their end
};

/// A connection, and its next request.
struct production_server::client {
  lane& mine;
  const int socket;
  async_stream stream;
  const std::uint64_t number;
  const bool only_probes;  // there is no place for anything else
  bool answered = false;   // at least once
  arriving_request<parse_result> next = {};

  ~client() { mine.idle.erase(socket); }

  /// Reads what comes before `deadline`. Who has been answered and waits for nothing may be left.
  task<> read(event_loop::time_point deadline) {
    const bool idle = answered && next.received.empty();
    if (idle) mine.idle.insert(socket);
    if (idle && mine.closing) end_reading(socket);
    const read_status last = co_await stream.read_some(next.received, deadline);
    mine.idle.erase(socket);
    next.ended = last == read_status::ended;
    next.timed_out = last == read_status::timed_out;
    next.look(parse_request(next.received));
  }
};

production_server::production_server(tcp_listener listener, async_handler handler,
                                     production_options options, event_log* log)
    : listener_(std::move(listener)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      log_(log) {
  check(options_);
}

void production_server::advance_to(server_state next) {
  life_.advance_to(next);
  record(log_, event_kind::state, 0, to_string(life_.state()));
}

void production_server::run(const std::stop_token& stop) {
  std::deque<lane> lanes(options_.loops);
  for (lane& mine : lanes) {
    tcp_listener own = &mine == &lanes.back() ? std::move(listener_) : listener_.another();
    mine.present.enter();
    mine.loop.spawn(accept_clients(mine, std::move(own)));
  }
  advance_to(server_state::ready);
  run_on_threads(lanes.size(), stop, [&](std::size_t i, const std::stop_token& asked) {
    lanes[i].loop.spawn(drain(lanes[i], asked));
    try {
      lanes[i].loop.run(lanes[i].end.get_token());
    } catch (const lane::deadline_over&) {
      record(log_, event_kind::state, 0, "deadline over, the rest is cut off");
    }
  });
  advance_to(server_state::stopped);
}

task<> production_server::accept_clients(lane& mine, tcp_listener listener) {
  const attendance::leaving at_the_end(mine.present);
  const auto each = [this, &mine](unique_fd socket) { admit(mine, std::move(socket)); };
  task<> accepting = accept_until_closing<task<>>(mine.loop, std::move(listener), mine.listening,
                                                  mine.closing, each);
  co_await accepting;
}

/// Spawns the connection of a client, or turns it away.
void production_server::admit(lane& mine, unique_fd socket) {
  mine.refused.sweep();
  const std::uint64_t number = ++accepted_;
  record(log_, event_kind::accepted, number);
  auto its_place = connections_.try_take();
  const bool only_probes = !its_place;
  if (only_probes) its_place = for_probes_.try_take();
  if (its_place) {
    mine.present.enter();
    mine.loop.spawn(serve(mine, std::move(socket), number, *std::move(its_place), only_probes));
  } else {
    cut_off_.count({{"reason", "no place"}});
    record(log_, event_kind::rejected, number, "too many connections");
    mine.refused.refuse(tcp_stream(std::move(socket)), to_bytes(busy_response()));
  }
}

task<> production_server::serve(lane& mine, unique_fd socket, std::uint64_t number,
                                place /*its_place*/, bool only_probes) {
  const attendance::leaving at_the_end(mine.present);
  try {
    client one{mine, socket.get(), {mine.loop, std::move(socket)}, number, only_probes};
    for (bool goes_on = true; goes_on;) {
      one.next.look(parse_request(one.next.received));
      co_await read_request(one);
      if (one.next.received.empty()) {
        if (one.next.timed_out) cut_off_.count({{"reason", "idle"}});
        break;
      }
      goes_on = co_await answer(one);
    }
  } catch (...) {
    cut_off_.count({{"reason", "failed"}});
    record_failure(log_, number);
  }
}

/// What happens from the request to stop until nobody is left.
task<> production_server::drain(lane& mine, std::stop_token stop) {
  stop_awaiter asked(mine.loop, std::move(stop));
  co_await asked;
  advance_to(server_state::draining);
  const auto deadline = mine.loop.in(options_.drain.deadline);
  (void)co_await mine.loop.sleep_until(mine.loop.in(options_.drain.grace));
  mine.closing = true;
  mine.loop.interrupt(mine.listening);
  for (const int socket : mine.idle) end_reading(socket);
  const wait_result waited = co_await mine.present.until_all_have_gone(mine.loop, deadline);
  if (waited == wait_result::timed_out) throw lane::deadline_over();
  mine.end.request_stop();
}

/// Reads until there is a whole request, or what came of it has to be answered; nothing has been
/// received if there is nothing to answer.
task<> production_server::read_request(client& one) {
  const event_loop& loop = one.mine.loop;
  const auto first = one.answered ? options_.limits.idle : options_.limits.head;
  const auto first_deadline = loop.in(first);
  if (one.next.received.empty()) co_await one.read(first_deadline);
  const auto head_deadline = loop.in(options_.limits.head);
  while (one.next.lacks_head()) co_await one.read(head_deadline);
  const auto body_deadline = loop.in(options_.body_limit);
  while (one.next.lacks_body()) co_await one.read(body_deadline);
}

/// @returns the answer to what is no request for the handler: a mistake, a probe, a scrape.
std::optional<http_response> production_server::answer_by_rule(const client& one) const {
  const auto& [method, path] = one.next.head.request;
  if (const int status = one.next.refusal()) return http_response{status, "Not like this\n"};
  if (auto own = answer_without_handler(one.next.head)) return own;
  if (method != "GET" && method != "HEAD") return std::nullopt;
  if (path == "/livez") return life_.livez();
  if (path == "/readyz") return life_.readyz();
  if (path != "/metrics") return std::nullopt;
  const std::string page =
      server_page<exposition>({requests_, cut_off_, durations_.snapshot(), in_flight_.taken(),
                               connections_.taken(), accepted_, state()});
  return http_response{200, page, {{"Content-Type", metrics_type}}};
}

/// @returns the answer to the request; `its_place` is among those in flight if it has got one.
task<http_response> production_server::response_to(client& one, std::optional<place>& its_place) {
  if (auto own = answer_by_rule(one)) co_return *std::move(own);
  if (!one.only_probes) its_place = in_flight_.try_take();
  if (!its_place) co_return busy_response();
  try {
    task<http_response> answering = handler_(one.mine.loop, one.next.head.request);
    co_return co_await answering;
  } catch (...) {
    record_failure(log_, one.number);
  }
  co_return http_response{500, "The handler has failed\n"};
}

/// Answers the request that has arrived. @returns whether the connection goes on.
task<bool> production_server::answer(client& one) {
  const auto begin = event_loop::clock::now();
  record(log_, event_kind::started, one.number, one.next.head.request.path);
  std::optional<place> its_place;
  task<http_response> answering = response_to(one, its_place);
  http_response response = co_await answering;
  if (one.next.head.request.method == "HEAD") response.body.clear();
  const bool goes_on =
      !one.only_probes && one.next.may_be_followed() && state() == server_state::ready;
  const auto reason = reason_phrase(response.status);
  const auto bytes = keep_alive_bytes(response, reason, goes_on);
  co_await one.stream.write_all(bytes, one.mine.loop.in(options_.limits.write));
  its_place.reset();
  const std::chrono::duration<double> time = event_loop::clock::now() - begin;
  durations_.observe(time.count());
  requests_.count({{"route", options_.route_of(one.next.head.request.path)},
                   {"status", std::to_string(response.status)}});
  record(log_, event_kind::finished, one.number,
         std::to_string(response.status).append(" ").append(reason));
  one.next.drop();
  one.answered = true;
  if (!goes_on) co_await one.stream.linger(one.mine.loop.in(std::chrono::seconds(1)));
  co_return goes_on;
}

}  // namespace workbook
