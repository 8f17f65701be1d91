#pragma once

#include <async_server.hpp>  // of the side under test, as its suite includes it
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <routes.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "01_single/running_server_fixture.hpp"
#include "harness/raw_client.hpp"

namespace workbook {

/// Where a test holds coroutines, as harness::gate holds threads: each suspends here until the test
/// opens the gate. Thread-safe. Must be open before its server is destroyed.
class async_gate {
 public:
  /// To be awaited by a handler, on `loop`.
  auto pass(event_loop& loop) { return arrival{*this, loop}; }

  /// Blocks until `count` coroutines have come, also those that have gone on since.
  void wait_for_arrivals(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return arrivals_ >= count; });
  }

  /// Lets all pass, those who wait and those still to come.
  void open() {
    std::vector<held> going;
    {
      const std::scoped_lock lock(mutex_);
      open_ = true;
      going.swap(waiting_);
    }
    for (const held& one : going) one.loop->post(one.coroutine);
  }

 private:
  struct held {
    event_loop* loop;
    std::coroutine_handle<> coroutine;
  };
  struct arrival {
    async_gate& gate;
    event_loop& loop;
    [[nodiscard]] bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> who) {
      const std::scoped_lock lock(gate.mutex_);
      ++gate.arrivals_;
      gate.arrived_.notify_all();
      if (!gate.open_) gate.waiting_.push_back({&loop, who});
      return !gate.open_;
    }
    void await_resume() const {}
  };

  std::mutex mutex_;  // guards everything below
  std::condition_variable arrived_;
  std::vector<held> waiting_;
  std::size_t arrivals_ = 0;
  bool open_ = false;
};

inline task<http_response> says(const http_request& request) {
  if (request.path == "/" || request.path == "/fast")
    co_return http_response{200, "Fast response!\n"};
  co_return http_response{404, "Page not found\n"};
}

inline task<http_response> says_when_open(async_gate& held, event_loop& loop,
                                          const http_request& request) {
  if (request.path == "/sleep") {
    auto here = held.pass(loop);
    co_await here;
    co_return http_response{200, "Slept!\n"};
  }
  task<http_response> answer = says(request);
  co_return co_await answer;
}

inline task<http_response> routed(const request_handler& routes, const http_request& request) {
  co_return routes(request);
}

/// @returns options without time limits: whoever waits in vain then waits without end, and is found.
inline async_options patient() {
  constexpr auto any_time = std::chrono::milliseconds::max();
  async_options options;
  options.limits = {any_time, any_time, any_time};
  return options;
}

/// @returns a handler with the routes of every server, and a `/sleep` that does not sleep.
inline async_handler all_routes() {
  const auto routes = make_routes({.greeting = [] { return "hello"; },
                                   .sleep_time = std::chrono::milliseconds(0),
                                   .sleep = [](auto) {}});
  return [routes](event_loop&, const http_request& request) { return routed(routes, request); };
}

/// @returns a handler that answers at once: 200 on / and /fast, else 404.
inline async_handler say_ok_at_once() {
  return [](event_loop&, const http_request& request) { return says(request); };
}

/// @returns the same, with a /sleep that waits in `held` until the test opens it.
inline async_handler routes_with(async_gate& held) {
  return [&held](event_loop& loop, const http_request& request) {
    return says_when_open(held, loop, request);
  };
}

inline constexpr std::string_view get_fast_again = "GET /fast HTTP/1.1\r\n\r\n";
inline constexpr std::string_view get_sleep_again = "GET /sleep HTTP/1.1\r\n\r\n";
inline constexpr std::string_view get_fast_once = "GET /fast HTTP/1.1\r\nConnection: close\r\n\r\n";

/// A client that keeps its connection: it reads one answer after the other.
class keeping_client {
 public:
  explicit keeping_client(std::uint16_t port) : raw_(port) {}

  [[nodiscard]] harness::raw_client& raw() { return raw_; }
  void send(std::string_view bytes) { raw_.send(bytes); }

  /// Reads the next answer, whole; blocks until it is there. @returns it; what there was, if the
  /// connection ends before.
  [[nodiscard]] std::string next_answer() {
    while (true) {
      if (const std::size_t size = first_answer(); size > 0) {
        std::string answer = received_.substr(0, size);
        received_.erase(0, size);
        return answer;
      }
      const std::string more = raw_.read_some();
      if (more.empty()) return std::exchange(received_, {});
      received_ += more;
    }
  }

  /// Reads until the end. @returns what comes before it, and behind the answers read so far.
  [[nodiscard]] std::string rest() { return received_ + raw_.read_to_end(); }

 private:
  /// @returns the size of the first answer in what was received; 0 if it is not whole.
  [[nodiscard]] std::size_t first_answer() const {
    const auto end = received_.find("\r\n\r\n");
    const auto length = received_.find("Content-Length: ");
    if (end == received_.npos || length > end) return 0;
    const std::size_t size = end + 4 + std::stoul(received_.substr(length + 16));
    return size <= received_.size() ? size : 0;
  }

  harness::raw_client raw_;
  std::string received_;
};

[[nodiscard]] inline bool says_ok(const std::string& response) {
  return response.starts_with("HTTP/1.1 200 ");
}

}  // namespace workbook
