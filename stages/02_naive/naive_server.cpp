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
  // TODO 2.1 (about 1 line): turns NaiveServer.Serves*, Gives* and TheThreadOwns* green
  //   Who owns the new thread: who joins it, and when?
  //   The thread may begin after this function has returned. What must it not refer to?
  todo("2.1", mine, stop);
}

/// Serves the connection of `mine` on the session's own thread: owns it from here on, counts it out
/// when it is closed, and says at the very end that the thread may be joined. Nothing may be thrown
/// out of here: an exception that leaves a thread ends the whole process.
void naive_server::serve(session& mine, const std::stop_token& stop) noexcept {
  // TODO 2.3 (about 10 lines): turns NaiveServer.AThrowing*, AHandlerMay*, Each*, Counts* green
  //   serve_connection takes the connection over. What can come out of it, and of the handler?
  //   In which order: close the connection, count it out, let the thread be joined?
  todo("2.3", mine, stop, handler_, log_);
}

void naive_server::run(const std::stop_token& stop) {
  // TODO 2.4 (about 6 lines): turns NaiveServer.RunReturns*, Stop*, Detaches*, Joins* green
  //   Accept in a loop and admit() each client into a list of sessions. Why a list, not a vector?
  //   Which sessions can be taken out of the list before the next is admitted? refused_.sweep(),
  //   too. When the loop has ended, what makes run() wait for the threads that still serve?
  todo("2.4", stop);
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
  // TODO 2.5 (about 2 lines): turns NaiveServer.AnswersBusy* and Refusing* green
  //   This runs on the acceptor's thread: what must it never do?
  todo("2.5", mine, reason);
}

std::string greeting_from_this_thread() {
  return fmt::format("Hello from thread {} of the naive server!\n", os_thread_id());
}

}  // namespace workbook
