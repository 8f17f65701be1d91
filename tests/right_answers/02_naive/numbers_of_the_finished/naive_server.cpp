// Keeps its sessions in a map by number: a thread that ends leaves its number, and the acceptor
// joins those, without looking at the others.
#include "naive_server.hpp"

#include <fmt/format.h>

#include <exception>
#include <system_error>
#include <utility>

#include "support/os_thread_id.hpp"

namespace workbook {

naive_server::naive_server(tcp_listener listener, request_handler handler, event_log* log)
    : listener_(std::move(listener)), handler_(std::move(handler)), log_(log) {}

void naive_server::run(const std::stop_token& stop) {
  try {
    while (auto stream = listener_.accept(stop)) {
      join_the_finished();
      refused_.sweep();
      admit(std::move(*stream), stop);
    }
  } catch (...) {
    join_all();
    throw;
  }
  join_all();
}

void naive_server::admit(tcp_stream stream, const std::stop_token& stop) {
  const std::uint64_t number = counts_.arrive();
  record(log_, event_kind::accepted, number);
  session& mine =
      sessions_.try_emplace(number, connection{std::move(stream), number}, counts_).first->second;
  try {
    mine.thread = std::thread([this, &mine, number, stop] {
      serve(mine, stop);
      const std::scoped_lock lock(mutex_);
      finished_.push_back(number);
    });
  } catch (const std::system_error& no_thread) {
    refuse(mine, no_thread.what());
    sessions_.erase(number);
  }
}

void naive_server::join_the_finished() {
  std::vector<std::uint64_t> ended;
  {
    const std::scoped_lock lock(mutex_);
    ended.swap(finished_);
  }
  for (const std::uint64_t number : ended) {
    const auto place = sessions_.find(number);
    place->second.thread.join();
    sessions_.erase(place);
  }
}

void naive_server::join_all() {
  for (auto& [number, one] : sessions_) one.thread.join();
  sessions_.clear();
  finished_.clear();
}

void naive_server::serve(session& mine, const std::stop_token& stop) noexcept {
  const std::uint64_t number = mine.client.number;
  const counted_connection counted = std::move(mine.counted);
  try {
    serve_connection(std::move(mine.client), handler_, log_, stop);
  } catch (const std::exception& error) {
    record(log_, event_kind::failed, number, error.what());
  } catch (...) {
    record(log_, event_kind::failed, number, "an exception that is no std::exception");
  }
}

void naive_server::refuse(session& mine, const std::string& reason) {
  record(log_, event_kind::rejected, mine.client.number, reason);
  refused_.refuse(std::move(mine.client.stream), to_bytes(busy_response()));
}

std::string greeting_from_this_thread() {
  return fmt::format("Hello from thread {} of the naive server!\n", os_thread_id());
}

}  // namespace workbook
