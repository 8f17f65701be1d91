#include "async_server.hpp"

#include <deque>
#include <utility>

#include "connection.hpp"
#include "http/keep_alive_bytes.hpp"
#include "http/request_head.hpp"
#include "support/run_on_threads.hpp"

namespace workbook {

/// A connection, and what has arrived of its next request.
struct async_server::client {
  event_loop& loop;
  async_stream stream;
  const std::uint64_t number;
  std::string received = {};
  parse_result parsed = {};
  read_status last_read = read_status::bytes;

  /// @returns whether more has to be read before there is something to answer.
  [[nodiscard]] bool is_incomplete() const {
    return parsed.status == parse_status::incomplete && last_read == read_status::bytes;
  }
};

async_server::async_server(tcp_listener listener, async_handler handler, async_options options,
                           event_log* log)
    : listener_(std::move(listener)), handler_(std::move(handler)), options_(options), log_(log) {
  check(options);
}

void async_server::run(const std::stop_token& stop) {
  std::deque<lane> lanes(options_.loops);
  for (lane& mine : lanes) {
    tcp_listener own = &mine == &lanes.back() ? std::move(listener_) : listener_.another();
    mine.loop.spawn(accept_clients(mine, std::move(own)));
  }
  run_on_threads(lanes.size(), stop,
                 [&](std::size_t i, const std::stop_token& end) { lanes[i].loop.run(end); });
}

/// Accepts until a stop comes, and then who is in the queue already: closing the listener would
/// reset them.
task<> async_server::accept_clients(lane& mine, tcp_listener listener) {
  io_source source{.fd = listener.fd()};
  mine.loop.watches().watch(source);
  for (wait_result waited = wait_result::ready;;) {
    accept_result next = accept_now(source.fd);
    // TODO 6.7 (about 10 lines): turns AsyncServer.* green
    //   Four answers: a client, nobody, no descriptor left, and what you do once a stop has come.
    //   How long is the queue looked at? Which of them needs a deadline, since no event will come?
    todo("6.7", next, waited);
  }
}

/// Spawns the connection of a client, or turns it away.
void async_server::admit(lane& mine, unique_fd socket) {
  mine.refused.sweep();
  const std::uint64_t number = counts_.arrive();
  counted_connection counted(counts_);
  record(log_, event_kind::accepted, number);
  if (counts_.active() <= options_.max_connections) {
    mine.loop.spawn(serve(mine.loop, std::move(socket), number, std::move(counted)));
  } else {
    record(log_, event_kind::rejected, number, "too many connections");
    mine.refused.refuse(tcp_stream(std::move(socket)), to_bytes(busy_response()));
  }
}

task<> async_server::serve(event_loop& loop, unique_fd socket, std::uint64_t number,
                           counted_connection /*counted*/) {
  try {
    client one{loop, {loop, std::move(socket)}, number};
    for (bool goes_on = true; goes_on;) {
      one.parsed = parse_request(one.received);
      auto deadline = loop.in(one.received.empty() ? options_.limits.idle : options_.limits.head);
      // TODO 6.8 (about 6 lines): turns KeepAlive.* green, with 6.7
      //   Read and parse until the request is complete, or never will be.
      //   Which deadline holds before its first byte, and which from then on, in all?
      todo("6.8", deadline);
      if (one.received.empty() || one.last_read == read_status::stopped) break;
      goes_on = co_await answer(one);
    }
  } catch (...) {
    record_failure(log_, number);
  }
}

/// Answers the first request of what has arrived. @returns whether the connection goes on.
task<bool> async_server::answer(client& one) {
  const auto& [method, path] = one.parsed.request;
  record(log_, event_kind::started, one.number, path);
  auto response = answer_without_handler(one.parsed);
  if (one.last_read == read_status::timed_out) response = http_response{408, "Too slow\n"};
  if (!response) {
    task<http_response> answering = handler_(one.loop, one.parsed.request);
    response = co_await answering;
  }
  if (method == "HEAD") response->body.clear();
  const bool goes_on = one.parsed.status == parse_status::complete && stays_open(one.received) &&
                       !one.loop.stopping();
  const auto reason = reason_phrase(response->status);
  const auto bytes = keep_alive_bytes(*response, reason, goes_on);
  co_await one.stream.write_all(bytes, one.loop.in(options_.limits.write));
  record(log_, event_kind::finished, one.number,
         std::to_string(response->status).append(" ").append(reason));
  one.received.erase(0, head_bytes(one.received));
  if (!one.received.empty()) (void)co_await one.loop.turn();  // more has come: others come first
  if (!goes_on) co_await one.stream.linger(one.loop.in(std::chrono::seconds(1)));
  co_return goes_on;
}

}  // namespace workbook
