#include "coroutine_server.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <coroutine>
#include <deque>
#include <exception>
#include <string>
#include <utility>

#include "net/unique_fd.hpp"

namespace workbook::harness {
namespace {

using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// A coroutine that begins at once and is owned by this object.
class running {
 public:
  struct promise_type {
    running get_return_object() { return running(handle::from_promise(*this)); }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  using handle = std::coroutine_handle<promise_type>;

  explicit running(handle frame) : frame_(frame) {}
  ~running() { end(); }
  running(running&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  running& operator=(running&&) = delete;

  [[nodiscard]] bool done() const { return !frame_ || frame_.done(); }
  void end() {
    if (frame_) std::exchange(frame_, {}).destroy();
  }

 private:
  handle frame_;
};

enum class came { event, time, stop };

/// Who waits, for one direction of the connection.
struct waiting {
  std::coroutine_handle<> who;
  steady::time_point until = steady::time_point::max();
  came what = came::event;
};

class coroutine_server {
 public:
  coroutine_server(int connection, coroutine_mistake wrong)
      : wrong_(wrong), connection_(connection) {
    watch(wake_.get(), EPOLLIN | EPOLLET);
    watch(connection, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
  }

  void run(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [&] {
      const std::uint64_t once = 1;
      (void)!::write(wake_.get(), &once, sizeof once);
    });
    running reading = read_all();
    running writing = write_all();
    while (!reading.done() || !writing.done()) {
      if (wrong_ == coroutine_mistake::frame_outlived_by_its_waiting && reading.done()) {
        writing.end();
      }
      wait_and_wake();
      if (stop.stop_requested() && !std::exchange(stopping_, true)) end_waits();
      while (!ready_.empty()) {
        const auto who = ready_.front();
        ready_.pop_front();
        who.resume();
      }
    }
  }

 private:
  struct wait_for {
    coroutine_server& server;
    waiting& slot;
    steady::time_point until;

    [[nodiscard]] bool await_ready() const {
      const bool is_over =
          server.stopping_ && server.wrong_ != coroutine_mistake::wait_begins_after_the_stop;
      if (is_over) slot.what = came::stop;
      return is_over;
    }
    void await_suspend(std::coroutine_handle<> who) const { slot = {who, until}; }
    [[nodiscard]] came await_resume() const { return slot.what; }
  };

  running read_all() {
    std::array<char, 64> buffer;
    for (;;) {
      const auto count = ::recv(connection_.get(), buffer.data(), buffer.size(), 0);
      if (count == 0 || (count < 0 && errno != EAGAIN)) break;
      if (count > 0) {
        out_.append(buffer.data(), static_cast<std::size_t>(count));
        wake(writer_, came::event);
        continue;
      }
      const auto limit = stopping_ ? steady::time_point::max() : steady::now() + 10s;
      const came what = co_await wait_for{*this, reader_, limit};
      if (what == came::time) out_ += "late\n";
      if (what != came::event) break;
    }
    read_ended_ = true;
    wake(writer_, came::event);
  }

  running write_all() {
    for (;;) {
      while (!out_.empty()) {
        const auto count = ::send(connection_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0) co_return;
        out_.erase(0, static_cast<std::size_t>(count));
      }
      if (stopping_ || (read_ended_ && out_.empty())) co_return;
      (void)co_await wait_for{*this, writer_, steady::time_point::max()};
    }
  }

  void watch(int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  void wait_and_wake() {
    epoll_event event{};
    const auto left = reader_.who ? reader_.until - steady::now() : steady::duration::max();
    const bool timed = reader_.who && reader_.until != steady::time_point::max();
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    const int limit = timed ? static_cast<int>(std::max<std::int64_t>(milliseconds, 0)) : -1;
    const int count = ::epoll_wait(epoll_.get(), &event, 1, limit);
    if (count == 1 && event.data.fd == connection_.get()) {
      handle(event.events);
    }
    if (reader_.who && reader_.until <= steady::now()) wake(reader_, came::time);
  }

  void handle(std::uint32_t events) {
    const bool failed = (events & (EPOLLERR | EPOLLHUP)) != 0;
    if (failed || (events & (EPOLLIN | EPOLLRDHUP)) != 0) wake(reader_, came::event);
    if (failed && wrong_ == coroutine_mistake::error_wakes_only_the_reader) return;
    if (failed || (events & EPOLLOUT) != 0) wake(writer_, came::event);
  }

  void wake(waiting& who, came what) {
    if (!who.who) return;
    who.what = what;
    ready_.push_back(who.who);
    const bool stays = wrong_ == coroutine_mistake::timer_and_event_both_resume && &who == &reader_;
    if (!stays) who.who = {};
  }

  void end_waits() {
    wake(reader_, came::stop);
    wake(writer_, came::stop);
  }

  const coroutine_mistake wrong_;
  unique_fd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  unique_fd wake_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  unique_fd connection_;
  waiting reader_, writer_;
  std::deque<std::coroutine_handle<>> ready_;
  std::string out_;
  bool read_ended_ = false;
  bool stopping_ = false;
};

}  // namespace

void run_coroutine_server(int connection, const std::stop_token& stop, coroutine_mistake wrong) {
  coroutine_server(connection, wrong).run(stop);
}

}  // namespace workbook::harness
