// Tests that are right and slow, or look as if they hang. The harness must wait for them.

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/test_threads.hpp"
#include "net/unique_fd.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

void compute_for(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

TEST(Patience, Computes) { compute_for(300ms); }

TEST(Patience, WaitsWithATimeLimitAgainAndAgain) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  for (int round = 0; round < 30; ++round) never.wait_for(lock, 10ms);
}

TEST(Patience, WaitsForALongTimeWithALimit) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  EXPECT_EQ(never.wait_for(lock, 400ms), std::cv_status::timeout);
}

TEST(Patience, ALoopWaitsForItsTimer) {
  const unique_fd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  const itimerspec in_400_ms{{}, {0, 400'000'000}};
  ::timerfd_settime(timer.get(), 0, &in_400_ms, nullptr);
  const unique_fd events(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{EPOLLIN, {}};
  ::epoll_ctl(events.get(), EPOLL_CTL_ADD, timer.get(), &event);
  EXPECT_EQ(::epoll_wait(events.get(), &event, 1, -1), 1);
}

TEST(Patience, ReceivesWithATimeLimit) {
  const socket_pair ends = make_socket_pair();
  const timeval after_400_ms{0, 400'000};
  ::setsockopt(ends.server.get(), SOL_SOCKET, SO_RCVTIMEO, &after_400_ms, sizeof after_400_ms);
  char byte = 0;
  EXPECT_EQ(::recv(ends.server.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST(Patience, SleepsWhileTheOtherWaits) {
  gate held;
  std::jthread waits([&] { held.pass(); });
  std::this_thread::sleep_for(400ms);
  held.open();
}

struct pipe_ends {
  pipe_ends() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  unique_fd read;
  unique_fd write;
};

// At every moment one of the two waits, and for a short time both do.
TEST(Patience, PingPong) {
  constexpr int rounds = 20'000;
  pipe_ends there;
  pipe_ends back;
  std::jthread echo([&] {
    for (char byte = 0; ::read(there.read.get(), &byte, 1) == 1 && byte == 'x';) {
      ASSERT_EQ(::write(back.write.get(), &byte, 1), 1);
    }
  });
  char byte = 'x';
  for (int round = 0; round < rounds; ++round) {
    ASSERT_EQ(::write(there.write.get(), &byte, 1), 1);
    ASSERT_EQ(::read(back.read.get(), &byte, 1), 1);
  }
  ASSERT_EQ(::write(there.write.get(), "q", 1), 1);
}

TEST(Patience, OneWorksWhileManyWait) {
  constexpr int waiting = 64;
  gate held;
  std::vector<std::jthread> threads;
  for (int i = 0; i < waiting; ++i) threads.emplace_back([&] { held.pass(); });
  held.wait_for_arrivals(waiting);
  compute_for(300ms);
  held.open();
}

TEST(Patience, WaitsForAProcessThatItStarted) {
  std::FILE* const sleeper = ::popen("sleep 0.4; echo done", "r");
  ASSERT_NE(sleeper, nullptr);
  std::array<char, 16> line{};
  EXPECT_NE(std::fgets(line.data(), line.size(), sleeper), nullptr);
  EXPECT_EQ(::pclose(sleeper), 0);
}

TEST(Patience, HasClosedNothingYet) { EXPECT_EQ(closes_with_unread_bytes(), 0u); }

TEST(Patience, AManyThreadedStart) {
  constexpr int rounds = 200;
  for (int round = 0; round < rounds; ++round) std::thread([] {}).join();
}

}  // namespace
}  // namespace workbook
