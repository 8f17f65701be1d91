#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "net/unique_fd.hpp"

namespace workbook {

/// What a call came to that never blocks.
enum class io_status {
  done,         ///< it has moved bytes, or made a connection
  would_block,  ///< not now
  ended,        ///< there will never be more
  exhausted,    ///< the system has no descriptor or memory left: try again later
};

/// What reading from a stream comes to, once one has waited for it.
enum class read_status {
  bytes,      ///< at least one more
  ended,      ///< the peer has finished sending, and all has been read
  timed_out,  ///< nothing came before the deadline
  stopped,    ///< nothing had come when a stop was requested
};

struct io_result {
  io_status status = io_status::would_block;
  std::size_t bytes = 0;  ///< that were moved; at least 1 if it is done
};

/// Takes what has arrived, as much as fits into `buffer`.
/// @returns done, would_block, or ended: the peer has finished and all has been read.
/// @throws std::system_error, for instance ECONNRESET. Source: recv(2), MSG_DONTWAIT.
[[nodiscard]] io_result receive_now(int socket, std::span<char> buffer);

/// Hands the kernel as much of `bytes` as it takes; `bytes` must not be empty.
/// @returns done, also if that was only a part, or would_block.
/// @throws std::system_error, for instance EPIPE when the peer has gone. Source: send(2).
[[nodiscard]] io_result send_now(int socket, std::string_view bytes);

/// Reads from now on as if the peer had finished: what it has sent is still read, and then the end.
/// The other direction stays open. Source: shutdown(2), SHUT_RD.
void end_reading(int socket) noexcept;

/// @throws std::system_error always: ETIMEDOUT, "the peer does not read".
[[noreturn]] void throw_peer_does_not_read();

struct accept_result {
  io_status status = io_status::would_block;
  unique_fd socket;  ///< non-blocking, and without Nagle's algorithm, if it is done
};

/// Takes a client from the queue of a listening socket. Passes over clients that gave up there.
/// @returns done, would_block or exhausted.
/// @throws std::system_error for every other error of accept(2).
[[nodiscard]] accept_result accept_now(int listener);

}  // namespace workbook
