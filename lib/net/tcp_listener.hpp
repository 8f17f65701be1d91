#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "net/tcp_stream.hpp"
#include "net/unique_fd.hpp"

namespace workbook {

/// A socket that listens for connections. Move-only.
///
/// Not thread-safe: one thread accepts at a time. Any thread may request the stop.
class tcp_listener {
 public:
  /// Listens on `host` (a name or a numeric address; "127.0.0.1" is reachable from this machine
  /// only) and `port`; port 0 lets the kernel choose a free one, see port().
  /// @throws std::system_error if it cannot, for instance EADDRINUSE when the port is taken.
  tcp_listener(const std::string& host, std::uint16_t port);

  ~tcp_listener();
  tcp_listener(tcp_listener&&) noexcept;

  /// @returns the port that it listens on, even if the kernel chose it.
  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Blocks until a client connects or a stop is requested, whichever is first. From the first call
  /// on, a stop ends the listening for good, even while nobody is in accept(): clients that connect
  /// later are refused at once, and those that wait in the kernel's queue are reset.
  /// @returns the connection, or nothing if a stop was requested.
  /// One bad connection never ends the listening: a client that gave up in the queue is passed
  /// over; when descriptors or memory run out, it waits a little and tries again.
  /// @throws std::system_error for every other error of accept(2).
  [[nodiscard]] std::optional<tcp_stream> accept(const std::stop_token& stop);

  /// Listens on the same address and port beside this one: the kernel gives each new client to one
  /// of them, for good. The listeners of another program are still told that the port is taken.
  /// @throws std::system_error if it cannot. Source: socket(7), SO_REUSEPORT.
  [[nodiscard]] tcp_listener another() const;

  /// @returns the descriptor, still owned by this object. It does not block.
  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

 private:
  class end_at_stop;

  explicit tcp_listener(unique_fd socket);
  void end_at(const std::stop_token& stop);
  [[nodiscard]] bool wait_for_client() const;
  void pause() const;

  unique_fd socket_;
  std::uint16_t port_ = 0;
  // A pipe, written once to say "stop": the end that accept() polls beside the socket. Closing the
  // socket from another thread would not wake accept on Linux (and it could be reused by then).
  unique_fd stop_read_;
  unique_fd stop_write_;
  std::unique_ptr<end_at_stop> end_at_stop_;  // last: it uses the descriptors above
};

}  // namespace workbook
