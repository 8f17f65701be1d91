#include "support/thread_states.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/test_threads.hpp"
#include "net/tcp_listener.hpp"

namespace workbook::harness {
namespace {

/// Runs `wait` on a thread of its own until `end` is called.
class waiting_thread {
 public:
  waiting_thread(std::function<void()> wait, std::function<void()> end)
      : end_(std::move(end)), thread_([this, wait = std::move(wait)] {
          id_ = static_cast<pid_t>(::syscall(SYS_gettid));
          wait();
        }) {}
  ~waiting_thread() { end_(); }

  /// @returns whether the thread comes to that state.
  [[nodiscard]] bool comes_to(thread_activity expected) const {
    return comes_to([=](const thread_state& state) { return state.activity == expected; });
  }

  /// @returns whether the thread comes to sleep, and it is known that it wakes by itself.
  [[nodiscard]] bool sleeps_for_a_time() const {
    return comes_to([](const thread_state& state) {
      return state.asleep && state.activity == thread_activity::running;
    });
  }

 private:
  [[nodiscard]] bool comes_to(const std::function<bool(const thread_state&)>& expected) const {
    return eventually([&] {
      const auto states = read_thread_states(::getpid());
      return std::ranges::any_of(states, [&](const thread_state& state) {
        return state.thread == id_ && expected(state);
      });
    });
  }

  std::atomic<pid_t> id_ = 0;
  std::function<void()> end_;
  std::jthread thread_;
};

TEST(ThreadStates, KnowsAWaitForAConditionVariable) {
  gate held;
  const waiting_thread thread([&] { held.pass(); }, [&] { held.open(); });
  EXPECT_TRUE(thread.comes_to(thread_activity::waiting_on_futex));
}

TEST(ThreadStates, KnowsAWaitForAMutex) {
  std::mutex mutex;
  mutex.lock();
  const waiting_thread thread([&] { const std::scoped_lock lock(mutex); }, [&] { mutex.unlock(); });
  EXPECT_TRUE(thread.comes_to(thread_activity::waiting_on_futex));
}

TEST(ThreadStates, KnowsAWaitForBytes) {
  socket_pair ends = make_socket_pair();
  raw_client client(std::move(ends.client));
  const waiting_thread thread([&] { EXPECT_EQ(client.read_some(), ""); },
                              [&] { ends.server.reset(); });
  EXPECT_TRUE(thread.comes_to(thread_activity::waiting_to_read));
}

TEST(ThreadStates, KnowsAWaitForRoom) {
  socket_pair ends = make_socket_pair();
  raw_client reader(std::move(ends.client));
  raw_client writer(std::move(ends.server));
  const waiting_thread thread(
      [&] {
        writer.send(std::string(4'000'000, 'x'));
        writer.close();
      },
      [&] { EXPECT_EQ(reader.read_to_end().size(), 4'000'000U); });
  EXPECT_TRUE(thread.comes_to(thread_activity::waiting_to_write));
}

TEST(ThreadStates, KnowsAWaitForAnEvent) {
  tcp_listener listener("127.0.0.1", 0);
  std::stop_source stop;
  const waiting_thread thread([&] { EXPECT_FALSE(listener.accept(stop.get_token())); },
                              [&] { stop.request_stop(); });
  EXPECT_TRUE(thread.comes_to(thread_activity::waiting_for_events));
}

TEST(ThreadStates, KnowsAWaitInSelectAndEpoll) {
  socket_pair ends = make_socket_pair();
  fd_set wanted;
  FD_ZERO(&wanted);
  FD_SET(ends.client.get(), &wanted);
  const auto in_select = [&] {
    fd_set readable = wanted;
    ::select(ends.client.get() + 1, &readable, nullptr, nullptr, nullptr);
  };
  const unique_fd events(::epoll_create1(0));
  epoll_event readable{EPOLLIN, {}};
  ::epoll_ctl(events.get(), EPOLL_CTL_ADD, ends.client.get(), &readable);
  const auto in_epoll = [&] {
    epoll_event event{};
    ::epoll_wait(events.get(), &event, 1, -1);
  };
  const waiting_thread selects(in_select, [&] { raw_client(std::move(ends.server)).close(); });
  const waiting_thread polls(in_epoll, [&] { ::shutdown(ends.client.get(), SHUT_RDWR); });
  EXPECT_TRUE(selects.comes_to(thread_activity::waiting_for_events));
  EXPECT_TRUE(polls.comes_to(thread_activity::waiting_for_events));
}

TEST(ThreadStates, KnowsAnArmedTimerInEpoll) {
  const unique_fd timer(::timerfd_create(CLOCK_MONOTONIC, 0));
  const auto set_timer = [&](std::time_t seconds, long nanoseconds) {
    const itimerspec once{{}, {seconds, nanoseconds}};
    ::timerfd_settime(timer.get(), 0, &once, nullptr);
  };
  const unique_fd events(::epoll_create1(0));
  epoll_event event{EPOLLIN, {}};
  ::epoll_ctl(events.get(), EPOLL_CTL_ADD, timer.get(), &event);
  set_timer(3600, 0);
  const waiting_thread loop([&] { ::epoll_wait(events.get(), &event, 1, -1); },
                            [&] { set_timer(0, 1); });
  EXPECT_TRUE(loop.sleeps_for_a_time());
  set_timer(0, 0);
  EXPECT_TRUE(loop.comes_to(thread_activity::waiting_for_events));
}

TEST(ThreadStates, KnowsATimeLimitOfTheSocket) {
  socket_pair ends = make_socket_pair();
  const timeval hour{3600, 0};
  ::setsockopt(ends.client.get(), SOL_SOCKET, SO_RCVTIMEO, &hour, sizeof hour);
  char byte = 0;
  const waiting_thread thread([&] { EXPECT_EQ(::recv(ends.client.get(), &byte, 1, 0), 0); },
                              [&] { ends.server.reset(); });
  EXPECT_TRUE(thread.sleeps_for_a_time());
}

// A debugger stops it, or somebody types Ctrl-Z: it will go on.
TEST(ThreadStates, AStoppedThreadDoesNotWait) {
  auto ends = make_socket_pair();
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    ::_exit(::read(ends.server.get(), &byte, 1) == 1 ? 0 : 1);
  }
  const auto reads = [&] {
    return read_thread_states(child).front().activity == thread_activity::waiting_to_read;
  };
  EXPECT_TRUE(eventually(reads));
  ::kill(child, SIGSTOP);
  ::waitpid(child, nullptr, WUNTRACED);
  EXPECT_EQ(read_thread_states(child).front().activity, thread_activity::running);
  ::kill(child, SIGCONT);
  EXPECT_TRUE(eventually(reads));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(ThreadStates, OfAProcessThatDoesNotExistAreNone) {
  EXPECT_TRUE(read_thread_states(999'999'999).empty());
}

}  // namespace
}  // namespace workbook::harness
