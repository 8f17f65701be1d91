#include "naive_server.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "support/os_thread_id.hpp"

namespace workbook {

naive_server::naive_server(tcp_listener listener, request_handler handler, event_log* log)
    : listener_(std::move(listener)), handler_(std::move(handler)), log_(log) {}

/// Starts the thread that serves `mine`. @throws std::system_error if the system refuses it.
void naive_server::start_thread(session& mine, const std::stop_token& stop) {
  mine.thread = std::jthread([this, &mine, stop] { serve(mine, stop); });
}

/// Serves the connection of `mine` on the session's own thread: owns it from here on, counts it out
/// when it is closed, and says at the very end that the thread may be joined. Nothing may be thrown
/// out of here: an exception that leaves a thread ends the whole process.
void naive_server::serve(session& mine, const std::stop_token& stop) noexcept {
  const std::uint64_t number = mine.client.number;
  {
    const counted_connection counted = std::move(mine.counted);
    try {
      serve_connection(std::move(mine.client), handler_, log_, stop);
    } catch (...) {
      record_failure(log_, number);
    }
  }
  mine.finished = true;
}

void naive_server::run(const std::stop_token& stop) {
  std::list<session> sessions;  // destroyed, and so joined, before run() returns
  while (auto stream = listener_.accept(stop)) {
    sessions.remove_if([](const session& s) { return s.finished.load(); });
    refused_.sweep();
    admit(sessions, std::move(*stream), stop);
  }
}

/// Makes a session of an accepted client. The session has the connection before the thread exists:
/// if there is no thread to be had, somebody can still answer the client.
void naive_server::admit(std::list<session>& sessions, tcp_stream stream,
                         const std::stop_token& stop) {
  const std::uint64_t number = counts_.arrive();
  record(log_, event_kind::accepted, number);
  session& mine = sessions.emplace_back(connection{std::move(stream), number}, counts_);
  try {
    start_thread(mine, stop);
  } catch (const std::system_error& no_thread) {
    refuse(mine, no_thread.what());
    sessions.pop_back();
  }
}

/// Answers a client for whom there is no thread, without waiting for it.
void naive_server::refuse(session& mine, const std::string& reason) {
  record(log_, event_kind::rejected, mine.client.number, reason);
  refused_.refuse(std::move(mine.client.stream), to_bytes(busy_response()));
}

std::string greeting_from_this_thread() {
  return fmt::format("Hello from thread {} of the naive server!\n", os_thread_id());
}

}  // namespace workbook
