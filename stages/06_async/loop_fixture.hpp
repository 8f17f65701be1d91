#pragma once

#include <gtest/gtest.h>

#include <event_loop.hpp>  // of the side under test, as its suite includes it
#include <exception>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "async/nonblocking.hpp"
#include "harness/raw_client.hpp"

namespace workbook {

/// An event loop, and what its tasks have thrown.
class tested_loop {
 public:
  tested_loop()
      : loop_([this](const std::exception_ptr& error) { failures_.push_back(words_of(error)); }) {}

  event_loop& loop() { return loop_; }

  /// Runs the loop until all of its tasks have ended; they have to do so by themselves.
  void run() {
    std::stop_source stop;
    stop.request_stop();
    loop_.run(stop.get_token());
  }

  /// Spawns `work` and runs the loop until it has ended; only then is a stop requested.
  void run_to_the_end(task<> work) {
    std::stop_source stop;
    loop_.spawn(then_stop(std::move(work), stop));
    loop_.run(stop.get_token());
  }

  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }

 private:
  static task<> then_stop(task<> work, std::stop_source stop) {
    try {
      co_await work;
    } catch (...) {
      stop.request_stop();
      throw;
    }
    stop.request_stop();
  }

  static std::string words_of(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& thrown) {
      return thrown.what();
    } catch (...) {
      return "no std::exception";
    }
  }

  std::vector<std::string> failures_;
  event_loop loop_;
};

/// One end of a connection that a loop watches, and the other end for the test.
class watched_pair {
 public:
  explicit watched_pair(event_loop& loop) : loop_(loop), client_(std::move(pair_.client)) {
    source_.fd = pair_.server.get();
    source_.readable = false;  // nothing has come yet
    loop_.watches().watch(source_);
  }
  ~watched_pair() { loop_.watches().unwatch(source_); }
  watched_pair(const watched_pair&) = delete;
  watched_pair& operator=(const watched_pair&) = delete;

  /// Sends to the client, which reads nothing, until there is no room.
  void fill() {
    const std::string much(65'536, 'x');
    while (send_now(source_.fd, much).status == io_status::done) continue;
    source_.writable = false;
  }

  [[nodiscard]] io_source& source() { return source_; }
  [[nodiscard]] harness::raw_client& client() { return client_; }

 private:
  event_loop& loop_;
  harness::socket_pair pair_ = harness::make_socket_pair();
  harness::raw_client client_;
  io_source source_;
};

/// Lets all who are ready have their turn, and the loop look for events; a stop does not end it.
inline task<> a_turn(event_loop& loop) {
  io_source nothing;
  nothing.writable = false;
  const wait_result waited = co_await loop.writable(nothing, loop.now());
  EXPECT_EQ(waited, wait_result::timed_out);
}

/// Gives the loop turns until `condition` holds; a few hundred at most. What is waited for here has
/// happened already, so the first look finds it. @returns whether it came to hold.
inline task<bool> within_turns(event_loop& loop, std::function<bool()> condition) {
  for (int turns = 0; turns < 300 && !condition(); ++turns) {
    task<> turn = a_turn(loop);
    co_await turn;
  }
  co_return condition();
}

}  // namespace workbook
