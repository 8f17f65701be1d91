// The server under every schedule of a few clients. The explorer does not see sockets, so there are
// none: the listener and what stage 01 does with a connection are scripted here, and the linker takes
// them in place of the real ones.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <naive_server.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

/// What happens to a server in one schedule.
struct script {
  int clients;                   // still to come; of the accepting thread alone
  std::stop_source stop = {};    // requested when nobody is left to come, if not before
  std::atomic<int> serving = 0;  // connections in serve_connection()
  std::mutex mutex = {};         // guards `failed`
  std::multiset<std::uint64_t> failed = {};
};
script* the_script = nullptr;  // of the present schedule

}  // namespace

class tcp_listener::end_at_stop {};
tcp_listener::tcp_listener(const std::string& /*host*/, std::uint16_t port) : port_(port) {}
tcp_listener::~tcp_listener() = default;
tcp_listener::tcp_listener(tcp_listener&&) noexcept = default;

std::optional<tcp_stream> tcp_listener::accept(const std::stop_token& stop) {
  if (the_script->clients == 0) the_script->stop.request_stop();
  if (stop.stop_requested()) return std::nullopt;
  --the_script->clients;
  return tcp_stream(unique_fd());
}

void serve_connection(connection /*client*/, const request_handler& handler, event_log* /*log*/,
                      const std::stop_token& /*stop*/) {
  ++the_script->serving;
  const auto leave = [](script* of) { --of->serving; };
  const std::unique_ptr<script, decltype(leave)> on_return(the_script, leave);
  (void)handler({"GET", "/fast"});
}

void record_failure(event_log* /*log*/, std::uint64_t connection) {
  const std::scoped_lock lock(the_script->mutex);
  the_script->failed.insert(connection);
}

std::string to_bytes(const http_response& response) { return response.body; }
http_response busy_response() { return {503, "busy"}; }

namespace {

class NaiveServerSchedules : public explored_test {};

/// Runs a server until it returns, and looks at what it has left behind.
void run_server(script& play, const request_handler& handler) {
  the_script = &play;
  const auto clients = static_cast<std::uint64_t>(play.clients);
  naive_server server(tcp_listener("", 0), handler);
  server.run(play.stop.get_token());
  explore_check(play.serving == 0, "run() returned while a connection was served");
  explore_check(server.active() == 0, "run() returned, and a connection was not counted out");
  explore_check(server.total() == clients - static_cast<std::uint64_t>(play.clients),
                "total() is not the number of connections that were accepted");
}

TEST_F(NaiveServerSchedules, FinishedThreadsAreJoinedAsItGoes) {
  about("2.4",
        "The acceptor and the threads share their sessions. What one of them writes and another "
        "reads must be atomic, like `finished`; and a session may be destroyed only when its "
        "thread has ended: a member is destroyed before those that are declared above it.");
  step("two clients come, one after the other, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    script play{.clients = 2};
    run_server(play, [](const http_request&) { return http_response{200, "ok"}; });
  });
}

TEST_F(NaiveServerSchedules, AStopMeetsAClient) {
  about("2.4",
        "A stop may be requested at any moment: before a client is accepted, while its thread is "
        "started, while it is served. Who was accepted is served, and run() waits for the end.");
  step("a client comes, and a stop is requested, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    script play{.clients = 1};
    const auto stopper = named_thread("stopper", [&] { play.stop.request_stop(); });
    run_server(play, [](const http_request&) { return http_response{200, "ok"}; });
  });
}

TEST_F(NaiveServerSchedules, EachFailureIsRecordedOnce) {
  about("2.3",
        "A thread may begin when the next client has already been accepted. The number of its "
        "connection is the one that `client` was given, and not one that is asked for later, or "
        "that all threads share.");
  step("two clients come, and both handlers throw, under every schedule");
  expect_every_schedule({.preemptions = 1, .surprises = 0}, [] {
    script play{.clients = 2};
    run_server(play, [](const http_request&) -> http_response {
      throw std::runtime_error("the database is gone");
    });
    explore_check(play.failed == std::multiset<std::uint64_t>{1, 2},
                  "it is not connections 1 and 2 that were recorded as failed");
  });
}

}  // namespace
}  // namespace workbook
