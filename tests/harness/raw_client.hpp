#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "net/unique_fd.hpp"

/// The client's end of a connection, bytes as they are, and what a response means to a client.
namespace workbook::harness {

/// A client that sends and reads bytes exactly as a test says, also in ways no browser would.
/// Its calls are not probed. A failure that a test did not ask for ends the test.
///
/// Not thread-safe.
class raw_client {
 public:
  /// Connects to a server on this machine.
  explicit raw_client(std::uint16_t port);
  /// Uses a connected socket, for instance one end of a socketpair(2).
  explicit raw_client(unique_fd socket) : socket_(std::move(socket)) {}
  ~raw_client() { close(); }
  raw_client(raw_client&&) = default;
  raw_client& operator=(raw_client&&) = delete;

  /// Lets the kernel keep little for it, so that a sender soon has to wait until it reads.
  /// Source: socket(7), SO_RCVBUF.
  void keep_small_receive_buffer();

  void send(std::string_view bytes);

  /// @returns false when the other end has gone, and took none of `bytes` or not all.
  [[nodiscard]] bool try_send(std::string_view bytes);

  /// Says "no more from me" and can still read: a half-close.
  void finish_sending();

  /// Ends the connection with a reset (RST) instead of an orderly end. Source: socket(7),
  /// SO_LINGER.
  void reset();

  void close();

  /// Reads until the server ends the connection, then closes this end too; blocks until then.
  /// @returns the bytes; if the server reset the connection, "<connection reset>" stands at the
  /// end.
  [[nodiscard]] std::string read_to_end();

  /// Reads at least one byte; blocks until then. @returns what came; empty at the end.
  [[nodiscard]] std::string read_some();

  /// @returns whether the other end has read all that was sent so far. Only for a socket pair,
  /// where sent bytes count as queued until they are read. Source: unix(7), SIOCOUTQ.
  [[nodiscard]] bool all_read_by_peer() const { return queued_bytes() == 0; }

  /// @returns whether all that was sent so far has arrived at the other end's machine. Only for a
  /// TCP connection. Source: tcp(7), SIOCOUTQ.
  [[nodiscard]] bool all_arrived() const { return queued_bytes() == 0; }

  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  [[nodiscard]] int queued_bytes() const;

  unique_fd socket_;
};

/// Sends `request` to the server on `port` and reads the whole answer.
[[nodiscard]] std::string ask(std::uint16_t port, std::string_view request);

/// Adds a client of the server on `port` that has sent `request`, and reads nothing yet.
raw_client& add_client(std::deque<raw_client>& clients, std::uint16_t port,
                       std::string_view request);

/// Two connected sockets: what a connection is to serve_connection, without ports and a listener.
struct socket_pair {
  unique_fd client;
  unique_fd server;
};
[[nodiscard]] socket_pair make_socket_pair();

/// A response as its client understands it: the order of the fields means nothing, nor does the
/// case of their names. Source: RFC 9110 §5.1, §5.3.
struct sent_response {
  std::string status_line;
  std::map<std::string, std::string> fields;  // by their names in lower case
  std::string body;
  std::string mistake;  // against the form of a response, if there is one

  /// @returns the value of a field, or "(missing)"; `name` is in lower case.
  [[nodiscard]] std::string field(const std::string& name) const;
};

/// @returns what all the bytes of a response say.
[[nodiscard]] sent_response understood(std::string_view bytes);

}  // namespace workbook::harness
