// Tests that can never end, each for another reason. The harness must say so, and where.

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "01_single/running_server_fixture.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "net/tcp_listener.hpp"
#include "net/tcp_stream.hpp"

namespace workbook {
namespace {

using namespace harness;

/// Holds `first`, meets the other thread, and wants `second`.
void lock_both(std::mutex& first, std::mutex& second, std::barrier<>& both_hold_one) {
  const std::scoped_lock holds(first);
  both_hold_one.arrive_and_wait();
  const std::scoped_lock wants(second);
}

TEST(Hang, TwoLocksInTwoOrders) {
  about("3.1", "Locks are taken in the same order by everybody.");
  std::mutex a;
  std::mutex b;
  std::barrier both_hold_one(2);
  step("two threads lock a and b, in two orders");
  std::jthread one([&] { lock_both(a, b, both_hold_one); });
  std::jthread two([&] { lock_both(b, a, both_hold_one); });
}

TEST(Hang, OneLockTwice) {
  about("3.1", "A thread that has the lock must not take it again.");
  std::mutex mutex;
  step("a thread locks, and locks again");
  const std::scoped_lock once(mutex);
  mutex.lock();
}

TEST(Hang, TheHolderHasEnded) {
  about("3.1", "Whoever has locked has to unlock.");
  std::mutex mutex;
  step("a thread locks and ends");
  std::thread([&] { mutex.lock(); }).join();
  step("the next one wants the lock");
  const std::scoped_lock lock(mutex);
}

TEST(Hang, WaitsForMoreThanHasCome) {
  tcp_listener listener("127.0.0.1", 0);
  raw_client client(listener.port());
  const tcp_stream served = *listener.accept({});
  client.send("1");
  std::array<char, 2> bytes;
  EXPECT_EQ(::recv(served.fd(), bytes.data(), bytes.size(), MSG_PEEK | MSG_WAITALL), 2);
}

TEST(Hang, BothEndsRead) {
  about("1.4", "A request is answered when its blank line has come.");
  auto [client_end, server_end] = make_socket_pair();
  tcp_stream server(std::move(server_end));
  background serve([&] {
    std::array<char, 100> request;
    while (server.read_some(request) > 0) {
    }
  });
  step("the client sends a request and keeps its socket open");
  raw_client client(std::move(client_end));
  client.send("GET / HTTP/1.1\r\n\r\n");
  step("it reads the answer");
  EXPECT_EQ(client.read_to_end(), "HTTP/1.1 200 OK\r\n\r\n");
}

/// A server that does not hand the stop token on.
class deaf_server {
 public:
  explicit deaf_server(tcp_listener listener) : listener_(std::move(listener)) {}
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  void run(const std::stop_token& /*stop*/) {
    while (const auto client = listener_.accept({})) {
    }
  }

 private:
  tcp_listener listener_;
};

TEST(Hang, ALoopWhoseTimerIsNotArmed) {
  about("", "A loop that watches a timer has to arm it.");
  const unique_fd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  const unique_fd events(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{EPOLLIN, {}};
  ::epoll_ctl(events.get(), EPOLL_CTL_ADD, timer.get(), &event);
  step("the loop waits");
  ::epoll_wait(events.get(), &event, 1, -1);
}

TEST(Hang, TheServerDoesNotHearTheStop) {
  about("1.5", "A server that waits for a connection can be stopped.");
  running_server<deaf_server> server;
  step("the server is asked to stop");
  server.stop();
}

TEST(Hang, NobodyWakesTheWorker) {
  about("3.3", "close() wakes everybody.");
  std::mutex mutex;
  std::condition_variable closed;
  std::thread worker([&] {
    std::unique_lock lock(mutex);
    closed.wait(lock);
  });
  step("the worker is joined");
  worker.join();
}

TEST(Hang, FourWorkersOfAPool) {
  about("3.3", "close() wakes everybody.");
  std::mutex mutex;
  std::condition_variable closed;
  const auto wait = [&] {
    std::unique_lock lock(mutex);
    closed.wait(lock);
  };
  step("four workers are joined");
  std::array<std::jthread, 4> workers{std::jthread(wait), std::jthread(wait), std::jthread(wait),
                                      std::jthread(wait)};
}

struct waits_when_destroyed {
  bool armed = false;
  ~waits_when_destroyed() {
    if (!armed) return;
    std::array<int, 2> ends{};
    char byte = 0;
    if (::pipe(ends.data()) == 0) [[maybe_unused]]
      const auto count = ::read(ends[0], &byte, 1);
  }
} global;

TEST(Hang, InTheDestructorOfAGlobal) {
  about("1.5", "The program ends when the test is over.");
  step("the last step");
  global.armed = true;
}

TEST(Busy, ALoopWithoutAnEnd) {
  about("1.4", "The loop ends when the client has finished sending.");
  auto [client_end, server_end] = make_socket_pair();
  step("the client goes away");
  client_end.reset();
  tcp_stream server(std::move(server_end));
  std::array<char, 100> request;
  std::size_t length = 0;
  while (length < request.size()) length += server.read_some(request);
}

TEST(Busy, ALoopThatSleepsInBetween) {
  for (std::atomic<bool> never = false; !never;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace
}  // namespace workbook
