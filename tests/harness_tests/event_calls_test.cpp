// The probes know what a call does, whatever it is called, and the calls of an event loop.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "harness/io_probes.hpp"
#include "harness/raw_client.hpp"

namespace workbook::harness {
namespace {

class EventCalls : public testing::Test {
 protected:
  void SetUp() override {
    if (!io_probes_available()) GTEST_SKIP() << "this build cannot probe calls";
  }

  /// How often `call` is made by `body`.
  template <class Body>
  static std::uint64_t made_in(io_call call, const Body& body) {
    const auto before = calls_made(call);
    body();
    return calls_made(call) - before;
  }

  socket_pair ends_ = make_socket_pair();
  std::array<char, 8> buffer_{};
};

TEST_F(EventCalls, EveryWayToReadASocketIsARecv) {
  raw_client(std::move(ends_.client)).send("abcd");
  const int socket = ends_.server.get();
  iovec one{buffer_.data(), 1};
  msghdr message{};
  message.msg_iov = &one;
  message.msg_iovlen = 1;
  EXPECT_EQ(made_in(io_call::recv,
                    [&] {
                      EXPECT_EQ(::read(socket, buffer_.data(), 1), 1);
                      EXPECT_EQ(::readv(socket, &one, 1), 1);
                      EXPECT_EQ(::recvmsg(socket, &message, 0), 1);
                      EXPECT_EQ(::recvfrom(socket, buffer_.data(), 1, 0, nullptr, nullptr), 1);
                      EXPECT_EQ(::recv(socket, buffer_.data(), 1, 0), 0);
                    }),
            5U);
  EXPECT_EQ(buffer_[0], 'd');
}

TEST_F(EventCalls, EveryWayToWriteToASocketIsASend) {
  const int socket = ends_.server.get();
  iovec two[] = {{buffer_.data(), 1}, {buffer_.data(), 1}};
  EXPECT_EQ(made_in(io_call::send,
                    [&] {
                      EXPECT_EQ(::write(socket, "a", 1), 1);
                      EXPECT_EQ(::writev(socket, two, 2), 2);
                      EXPECT_EQ(::sendto(socket, "b", 1, 0, nullptr, 0), 1);
                    }),
            3U);
}

TEST_F(EventCalls, ACapHoldsForSeveralBuffersTogether) {
  const capped_calls three_bytes(io_call::send, 3);
  char text[] = "abcd";
  const iovec two[] = {{text, 2}, {text + 2, 2}};
  EXPECT_EQ(::writev(ends_.server.get(), two, 2), 3);
}

TEST_F(EventCalls, AnEventfdIsReadAndWritten) {
  const unique_fd wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  const std::uint64_t once = 1;
  std::uint64_t count = 0;
  EXPECT_EQ(made_in(io_call::send, [&] { (void)!::write(wake.get(), &once, sizeof once); }), 0U);
  EXPECT_EQ(made_in(io_call::write, [&] { (void)!::write(wake.get(), &once, sizeof once); }), 1U);
  EXPECT_EQ(made_in(io_call::read, [&] { (void)!::read(wake.get(), &count, sizeof count); }), 1U);
  EXPECT_EQ(count, 2U);
}

TEST_F(EventCalls, ALoopsCallsAreCounted) {
  epoll_event event{EPOLLIN, {}};
  unique_fd epoll;
  unique_fd timer;
  const itimerspec never{};
  EXPECT_EQ(made_in(io_call::epoll_create, [&] { epoll.reset(::epoll_create1(0)); }), 1U);
  EXPECT_EQ(made_in(io_call::timerfd_create,
                    [&] { timer.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)); }),
            1U);
  EXPECT_EQ(made_in(io_call::timerfd_settime,
                    [&] { ::timerfd_settime(timer.get(), 0, &never, nullptr); }),
            1U);
  EXPECT_EQ(made_in(io_call::epoll_ctl,
                    [&] { ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, timer.get(), &event); }),
            1U);
  EXPECT_EQ(made_in(io_call::epoll_wait, [&] { ::epoll_wait(epoll.get(), &event, 1, 0); }), 1U);
}

TEST_F(EventCalls, ALoopsCallsCanFail) {
  epoll_event event{};
  const unique_fd epoll(::epoll_create1(0));
  const failing_calls interrupted(io_call::epoll_wait, EINTR);
  EXPECT_EQ(::epoll_wait(epoll.get(), &event, 1, -1), -1);
  EXPECT_EQ(errno, EINTR);
}

}  // namespace
}  // namespace workbook::harness
