#pragma once

#include <string>
#include <string_view>

#include "event_loop.hpp"
#include "net/unique_fd.hpp"
#include "task.hpp"

namespace workbook {

/// What reading came to.
enum class read_status {
  bytes,      ///< at least one more
  ended,      ///< the peer has finished sending, and all has been read
  timed_out,  ///< nothing came before the deadline
  stopped,    ///< nothing had come when a stop was requested
};

/// One end of a connection on an event loop. It owns the socket: destroying the object closes it.
///
/// Not thread-safe: it belongs to its loop. It does not move: the loop knows its address.
class async_stream {
 public:
  /// Takes over `socket`, a connected stream socket. @throws std::system_error if the loop cannot
  /// watch it.
  async_stream(event_loop& loop, unique_fd socket);
  ~async_stream();
  async_stream(const async_stream&) = delete;
  async_stream& operator=(const async_stream&) = delete;

  /// Waits for bytes and adds what has arrived to `to`, which must live until the task has ended.
  /// What is there already is read, also after the deadline or a stop.
  /// @throws std::system_error, for instance ECONNRESET.
  task<read_status> read_some(std::string& to, event_loop::time_point deadline);

  /// Hands all of `bytes` to the kernel, waiting for room as often as it must. `bytes` are used until
  /// the task first suspends; of what is left then it keeps a copy. No stop ends it.
  /// @throws std::system_error: EPIPE when the peer has gone, ETIMEDOUT when it has not read enough
  /// before `deadline`.
  task<> write_all(std::string_view bytes, event_loop::time_point deadline);

  /// Ends the connection so that the peer can read all that was written: says "no more", then throws
  /// away what still comes, until the peer closes, or until `deadline` or a stop.
  /// @throws std::system_error if the peer resets the connection.
  task<> linger(event_loop::time_point deadline);

 private:
  event_loop& loop_;
  unique_fd socket_;
  io_source source_;
};

}  // namespace workbook
