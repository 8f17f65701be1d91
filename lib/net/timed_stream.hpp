#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "net/address.hpp"
#include "net/unique_fd.hpp"

namespace workbook {

/// A client's end of a connection on which nothing takes for ever: each call has a deadline,
/// whatever arrives. `time_point::max()` means none; one that has passed means not to wait at all.
/// Move-only; destroying the object closes the connection.
///
/// Not thread-safe: a connection belongs to one thread at a time.
class timed_stream {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Connects to the first of `addresses` that accepts; blocks until then, at most until
  /// `deadline`, of which each address has an equal share.
  /// @throws std::system_error, for instance ECONNREFUSED if nobody listens there, ETIMEDOUT after
  /// the deadline, EMFILE or EADDRNOTAVAIL if this process or machine has nothing left to connect
  /// with; of several addresses the first failure that tells something about the server.
  /// Source: connect(2), EINPROGRESS.
  [[nodiscard]] static timed_stream connect(const address_list& addresses, time_point deadline);

  /// Hands all of `bytes` to the kernel; blocks while its buffers are full, at most until
  /// `deadline`. @throws std::system_error: ETIMEDOUT after the deadline, EPIPE or ECONNRESET if
  /// the peer has gone.
  void write_all(std::string_view bytes, time_point deadline);

  /// Reads what has arrived, at least one byte; blocks until there is one, at most until
  /// `deadline`. After it nothing is read, not even what has arrived.
  /// @returns how many bytes were read; 0 when the peer has finished sending.
  /// @throws std::system_error: ETIMEDOUT after the deadline, ECONNRESET if the peer has reset the
  /// connection.
  [[nodiscard]] std::size_t read_some(std::span<char> buffer, time_point deadline);

 private:
  explicit timed_stream(unique_fd socket) noexcept : socket_(std::move(socket)) {}

  unique_fd socket_;  // non-blocking
};

}  // namespace workbook
