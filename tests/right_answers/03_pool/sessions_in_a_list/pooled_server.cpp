// Keeps all sessions in one list; the job has but a pointer, and when it is done it calls back to
// have its session deleted.
#include "pooled_server.hpp"

#include <fmt/format.h>

#include <exception>
#include <list>

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

void pooled_server::admit(thread_pool& pool, tcp_stream stream, const std::stop_token& stop) {
  const std::uint64_t number = counts_.arrive();
  record(log_, event_kind::accepted, number);
  std::list<session> one;
  one.emplace_back(connection{std::move(stream), number}, counts_);
  const auto mine = one.begin();
  {
    const std::scoped_lock lock(mutex_);
    sessions_.splice(sessions_.end(), one);
  }
  std::unique_lock handing_over(mine->handing_over);
  const auto when_done = [this, mine] { forget(mine); };
  job serving = [this, mine, stop, when_done] {
    serve(*mine, stop);
    when_done();
  };
  const send_result result = options_.overload == overload_policy::wait
                                 ? pool.execute(std::move(serving))
                                 : pool.try_execute(std::move(serving));
  if (result == send_result::accepted) {
    record(log_, event_kind::queued, number);
    return;  // the worker may have the session now
  }
  handing_over.unlock();
  refuse(*mine);
  forget(mine);
}

void pooled_server::forget(std::list<session>::iterator mine) {
  std::list<session> over;  // destroyed without the lock
  const std::scoped_lock lock(mutex_);
  over.splice(over.end(), sessions_, mine);
}

/// Answers a client for whom there is no room, without waiting for it.
void pooled_server::refuse(session& mine) {
  record(log_, event_kind::rejected, mine.client.number, "the queue is full");
  refused_.refuse(std::move(mine.client.stream), to_bytes(busy_response()));
}

void pooled_server::serve(session& mine, const std::stop_token& stop) noexcept {
  const std::uint64_t number = mine.client.number;
  { const std::scoped_lock handed_over(mine.handing_over); }
  const counted_connection counted = std::move(mine.counted);
  try {
    serve_connection(std::move(mine.client), handler_, log_, stop);
  } catch (const std::exception& error) {
    record(log_, event_kind::failed, number, error.what());
  } catch (...) {
    record(log_, event_kind::failed, number, "an exception that is no std::exception");
  }
}

std::string greeting_from_this_worker() {
  return fmt::format("Hello from worker thread {} of the pooled server!\n", os_thread_id());
}

}  // namespace workbook
