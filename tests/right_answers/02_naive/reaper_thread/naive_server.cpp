// Has a thread that does nothing but join those that have finished, at once and not when the next
// client comes.
#include "naive_server.hpp"

#include <fmt/format.h>

#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

#include "support/os_thread_id.hpp"

namespace workbook {

naive_server::naive_server(tcp_listener listener, request_handler handler, event_log* log)
    : listener_(std::move(listener)), handler_(std::move(handler)), log_(log) {}

void naive_server::run(const std::stop_token& stop) {
  accepting_ = true;  // no other thread is there yet
  const std::jthread reaper([this] { join_the_finished(); });
  const auto end_of_accepting = [this](void*) {
    const std::scoped_lock lock(mutex_);
    accepting_ = false;
    changed_.notify_one();
  };
  // Also when accept() throws; then the reaper comes to its end, and its destructor waits for that.
  const std::unique_ptr<void, decltype(end_of_accepting)> on_return(this, end_of_accepting);
  while (auto stream = listener_.accept(stop)) {
    refused_.sweep();
    admit(std::move(*stream), stop);
  }
}

/// What the reaper does: it ends when nobody is accepted any more and every session is over.
void naive_server::join_the_finished() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !finished_.empty() || (!accepting_ && serving_.empty()); });
    if (finished_.empty()) return;
    session_list ended = std::exchange(finished_, {});
    lock.unlock();
    ended.clear();  // joins
    lock.lock();
  }
}

void naive_server::admit(tcp_stream stream, const std::stop_token& stop) {
  const std::uint64_t number = counts_.arrive();
  record(log_, event_kind::accepted, number);
  session_list mine;
  mine.emplace_back(connection{std::move(stream), number}, counts_);
  const auto here = mine.begin();
  try {
    // A thread that has finished waits for the mutex: until it is a member of its session.
    const std::scoped_lock lock(mutex_);
    here->thread = std::jthread([this, here, stop] {
      serve(*here, stop);
      const std::scoped_lock leaving(mutex_);
      finished_.splice(finished_.end(), serving_, here);
      changed_.notify_one();
    });
    serving_.splice(serving_.end(), mine);
  } catch (const std::system_error& no_thread) {
    refuse(*here, no_thread.what());
  }
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
