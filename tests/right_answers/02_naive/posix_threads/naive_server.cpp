// Starts and joins its threads with the calls of POSIX, and hands each a pointer to its session.
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
  sessions_.push_back(
      std::make_unique<session>(*this, connection{std::move(stream), number}, stop));
  session& mine = *sessions_.back();
  // The calls of POSIX threads return the error; they leave errno alone.
  const int error = pthread_create(&mine.thread, nullptr, thread_main, &mine);
  if (error != 0) {
    refuse(mine, std::generic_category().message(error));
    sessions_.pop_back();
  }
}

void naive_server::join_the_finished() {
  std::erase_if(sessions_, [](const std::unique_ptr<session>& one) {
    if (!one->finished.test()) return false;
    pthread_join(one->thread, nullptr);
    return true;
  });
}

void naive_server::join_all() {
  for (const auto& one : sessions_) pthread_join(one->thread, nullptr);
  sessions_.clear();
}

void* naive_server::thread_main(void* mine) {
  auto& own = *static_cast<session*>(mine);
  own.server.serve(own);
  own.finished.test_and_set();
  return nullptr;
}

void naive_server::serve(session& mine) noexcept {
  const std::uint64_t number = mine.client.number;
  const counted_connection counted = std::move(mine.counted);
  try {
    serve_connection(std::move(mine.client), handler_, log_, mine.stop);
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
