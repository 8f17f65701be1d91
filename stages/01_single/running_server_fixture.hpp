#pragma once

#include <cstdint>
#include <exception>
#include <stop_token>
#include <string>
#include <utility>

#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {

/// A server of any stage that runs on a thread of its own, on a free port.
/// When it is destroyed it is stopped; that blocks until run() has returned.
/// The test fails at once if run() ends before a stop is requested.
template <class Server>
class running_server {
 public:
  /// `arguments` are the server's after its listener.
  template <class... Arguments>
  explicit running_server(Arguments&&... arguments)
      : server_(tcp_listener("127.0.0.1", 0), std::forward<Arguments>(arguments)...),
        run_([this] { run(); }) {}

  /// Stops the server. If the test has not requested it, a failure here is about the stop.
  ~running_server() {
    if (stop_.stop_requested()) {
      stop();
      return;
    }
    const harness::passing_step ending(
        "the server is no longer needed: a stop is requested, and run() returns",
        "When a stop is requested, accept() returns nothing and run() has to return: it must not "
        "accept again, and there is no connection to use.");
    stop();
  }
  running_server(const running_server&) = delete;
  running_server& operator=(const running_server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] Server& server() { return server_; }

  void request_stop() { stop_.request_stop(); }

  /// Requests the stop and blocks until run() has returned.
  /// @returns what run() threw, in words; empty if it returned.
  std::string stop() {
    request_stop();
    return run_.wait();
  }

 private:
  /// A server that ends unasked ends the test: its clients would wait for ever.
  void run() {
    try {
      server_.run(stop_.get_token());
    } catch (const std::exception& error) {
      if (stop_.stop_requested()) throw;
      harness::fail_now(std::string("run() threw, so nobody is served any more: ") + error.what());
    }
    if (!stop_.stop_requested()) {
      harness::fail_now(
          "run() returned although no stop was requested, so nobody is served any more");
    }
  }

  std::stop_source stop_;
  Server server_;
  harness::background run_;  // last: it uses the members above
};

}  // namespace workbook
