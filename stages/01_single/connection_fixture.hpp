#pragma once

#include <gtest/gtest.h>

#include <connection.hpp>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "harness/io_probes.hpp"
#include "harness/raw_client.hpp"
#include "harness/test_threads.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {

inline constexpr std::string_view a_request = "GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n";

inline http_response say_path(const http_request& asked) { return {200, "path " + asked.path}; }

/// The two ends of a TCP connection on this machine, where resets are as they are in the network.
inline harness::socket_pair make_tcp_pair() {
  tcp_listener listener("127.0.0.1", 0);
  tcp_stream client = tcp_stream::connect("127.0.0.1", listener.port());
  tcp_stream server = *listener.accept({});
  return {std::move(client).release(), std::move(server).release()};
}

/// A connection that serve_connection serves on a thread of its own, and the client at its other
/// end. When it is destroyed the client closes; that blocks until serve_connection has returned.
class served_connection {
 public:
  explicit served_connection(harness::socket_pair ends = harness::make_socket_pair(),
                             request_handler handler = say_path)
      : client(std::move(ends.client)),
        served_{tcp_stream(std::move(ends.server)), 1},
        serving_([this, handler] {
          serve_connection(std::move(served_), handler, &log, stop.get_token());
        }) {}

  ~served_connection() { client.close(); }
  served_connection(const served_connection&) = delete;
  served_connection& operator=(const served_connection&) = delete;

  /// Blocks until serve_connection has returned. @returns what it threw, or nothing.
  std::string wait() { return serving_.wait(); }

  harness::raw_client client;
  event_log log;
  std::stop_source stop;

 private:
  harness::limited_calls reads_{
      harness::io_call::recv, 20'000,
      "recv was called more than 20000 times for one connection: it returns 0 "
      "when the stream has ended, and it will return 0 again"};
  connection served_;
  harness::background serving_;  // last: it uses the members above
};

/// For EXPECT_TRUE: shows the whole response when it is not what was wanted.
inline testing::AssertionResult response_is(bool as_wanted, const std::string& response) {
  if (as_wanted) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "the response was:\n"
                                     << (response.empty() ? "(nothing)" : response) << "\n";
}

/// @returns whether `response` has this status.
inline testing::AssertionResult has_status(const std::string& response, int status) {
  return response_is(response.starts_with("HTTP/1.1 " + std::to_string(status) + " "), response);
}

/// @returns whether `response` is a 200 that ends with this body.
inline testing::AssertionResult is_ok_with(const std::string& response, const std::string& body) {
  return response_is(
      response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("\r\n\r\n" + body),
      response);
}

}  // namespace workbook
