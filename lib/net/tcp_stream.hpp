#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "net/unique_fd.hpp"

namespace workbook {

/// One end of a connected stream socket, which it owns: destroying the object closes the
/// connection. Move-only.
///
/// Not thread-safe: a connection belongs to one thread at a time. Handing the object to another
/// thread hands over the connection.
class tcp_stream {
 public:
  /// Takes over `socket`, which must be a connected stream socket in blocking mode.
  explicit tcp_stream(unique_fd socket) noexcept : socket_(std::move(socket)) {}

  /// Connects to `host` (a name or a numeric address) and `port`. Blocks until the connection
  /// stands.
  /// @throws std::system_error if nobody listens there or the host is unknown.
  [[nodiscard]] static tcp_stream connect(const std::string& host, std::uint16_t port);

  /// Reads what has arrived, at least one byte and at most `buffer.size()`: a stream has no
  /// message boundaries, so this may be half a request, or a byte of it.
  /// Blocks until there is a byte, the peer has finished, or a stop is requested.
  /// @returns how many bytes were read; 0 when no byte will ever come: the peer has finished
  /// sending, or a stop was requested and all that had arrived before it has been read.
  /// @throws std::system_error, for instance ECONNRESET when the peer has reset the connection.
  /// Source: recv(2).
  [[nodiscard]] std::size_t read_some(std::span<char> buffer, const std::stop_token& stop = {});

  /// Hands all of `bytes` to the kernel. That is not delivery: whether the peer has them, only the
  /// peer can say. Blocks while the peer does not read and the kernel's buffers are full.
  /// @throws std::system_error, for instance EPIPE when the peer has gone.
  /// Source: send(2).
  void write_all(std::string_view bytes);

  /// Says "no more from me" (FIN); what the peer sends can still be read. Never blocks or throws.
  /// Source: shutdown(2), SHUT_WR.
  void finish_sending() noexcept;

  /// Ends the connection so that the peer can read all that was written: says "no more" (FIN), then
  /// throws away what the peer still sends until it closes too, at most `linger_limit`.
  /// Closing with unread bytes would send a reset instead, which can destroy the response.
  /// Blocks for at most `linger_limit`; a stop ends the wait. Never throws.
  /// Source: RFC 9112 §9.6, fourth paragraph; tcp(7).
  void linger_and_close(const std::stop_token& stop = {}) noexcept;

  /// @returns whether there are bytes that can be read at once.
  [[nodiscard]] bool has_bytes() const noexcept;

  /// @returns the descriptor, still owned by this object.
  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  /// Gives the socket away, open.
  [[nodiscard]] unique_fd release() && noexcept { return std::move(socket_); }

 private:
  unique_fd socket_;
};

}  // namespace workbook
