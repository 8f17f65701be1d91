#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <stop_token>
#include <string_view>
#include <thread>

#include "harness/raw_client.hpp"
#include "net/tcp_listener.hpp"

namespace workbook::harness {

/// One end of a connection, which a test plays as it likes; here it is the server's end.
using scripted_connection = raw_client;

/// A server that does what a test says, also what no server should. Each connection is accepted at
/// once and played by `script`, on a thread of its own; when `script` returns, it is closed.
/// Its calls are not probed. Destroying it stops the accepting and waits for the scripts.
class scripted_server {
 public:
  using script = std::function<void(scripted_connection&)>;

  explicit scripted_server(script play);

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void run(const std::stop_token& stop);

  script play_;
  tcp_listener listener_{"127.0.0.1", 0};
  std::uint16_t port_ = listener_.port();
  std::jthread thread_;  // last: it uses the members above
};

/// Reads a request to its blank line; blocks until then.
void read_request(scripted_connection& client);

/// @returns a script that reads the request, sends `response` and closes.
[[nodiscard]] scripted_server::script answer_with(std::string_view response);

/// A complete response: 200, with five bytes of body.
inline constexpr std::string_view a_response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

}  // namespace workbook::harness
