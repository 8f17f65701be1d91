#include "pooled_server.hpp"

#include <fmt/format.h>

#include <memory>

#include "support/os_thread_id.hpp"
#include "thread_pool.hpp"

namespace workbook {

pooled_server::pooled_server(tcp_listener listener, request_handler handler, pool_options options,
                             event_log* log)
    : listener_(std::move(listener)), handler_(std::move(handler)), options_(options), log_(log) {}

void pooled_server::run(const std::stop_token& stop) {
  thread_pool pool(options_.workers, options_.queue_capacity);
  while (auto stream = listener_.accept(stop)) {
    refused_.sweep();
    admit(pool, std::move(*stream), stop);
  }
}  // the pool is destroyed: every accepted connection is served first

/// Hands an accepted client to the pool, as the overload policy says. The session is shared: a
/// refused job is destroyed, and then somebody must still have the connection to answer on.
void pooled_server::admit(thread_pool& pool, tcp_stream stream, const std::stop_token& stop) {
  const std::uint64_t number = counts_.arrive();
  record(log_, event_kind::accepted, number);
  const auto mine = std::make_shared<session>(connection{std::move(stream), number}, counts_);
  // TODO 3.8 (about 9 lines): turns PooledServer.* green
  //   Make a job that serves the session, and hand it in: which of the pool's two functions does
  //   the overload policy ask for? There are record_queued(), refuse() and serve().
  //   Which of them comes after which answer of the pool?
  todo("3.8", pool, mine, stop);
}

/// Answers a client for whom there is no room, without waiting for it.
void pooled_server::refuse(session& mine) {
  record(log_, event_kind::rejected, mine.client.number, "the queue is full");
  refused_.refuse(std::move(mine.client.stream), to_bytes(busy_response()));
}

/// The acceptor knows that a job was accepted only when a worker may have it already. So whoever
/// comes first writes the event, and it always comes before `started`.
void pooled_server::record_queued(session& mine) {
  std::call_once(mine.queued, [&] { record(log_, event_kind::queued, mine.client.number); });
}

void pooled_server::serve(session& mine, const std::stop_token& stop) noexcept {
  const std::uint64_t number = mine.client.number;
  record_queued(mine);
  // Moved: the acceptor may hold the session a little longer than the connection lasts.
  const counted_connection counted = std::move(mine.counted);
  try {
    serve_connection(std::move(mine.client), handler_, log_, stop);
  } catch (...) {
    record_failure(log_, number);
  }
}

std::string greeting_from_this_worker() {
  return fmt::format("Hello from worker thread {} of the pooled server!\n", os_thread_id());
}

}  // namespace workbook
