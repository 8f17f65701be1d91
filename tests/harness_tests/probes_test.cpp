// The probes of accept4, recv, send, close and poll: each fires when it is set, and is silent else.

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <thread>

#include "harness/io_probes.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "net/tcp_stream.hpp"

namespace workbook::harness {
namespace {

class IoProbes : public testing::Test {
 protected:
  void SetUp() override {
    if (!io_probes_available()) GTEST_SKIP() << "this build cannot probe calls";
  }

  ssize_t receive(std::size_t most) {
    std::array<char, 100> buffer;
    return ::recv(ends_.server.get(), buffer.data(), most, MSG_DONTWAIT);
  }
  ssize_t send(std::string_view bytes) {
    return ::send(ends_.server.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  socket_pair ends_ = make_socket_pair();
};

TEST_F(IoProbes, CountTheCallsOfTheCodeUnderTest) {
  const auto before = calls_made(io_call::send);
  send("x");
  send("y");
  EXPECT_EQ(calls_made(io_call::send), before + 2);
}

TEST_F(IoProbes, AreSilentAboutTheClient) {
  const auto sends = calls_made(io_call::send);
  const auto receives = calls_made(io_call::recv);
  const auto closes = calls_made(io_call::close);
  {
    raw_client client(std::move(ends_.client));
    client.send("x");
    send("y");
    EXPECT_EQ(client.read_some(), "y");
  }
  EXPECT_EQ(calls_made(io_call::send), sends + 1);
  EXPECT_EQ(calls_made(io_call::recv), receives);
  EXPECT_EQ(calls_made(io_call::close), closes);
}

TEST_F(IoProbes, FailAsOftenAsWanted) {
  const failing_calls no_memory(io_call::send, ENOMEM, 2);
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_EQ(send("x"), -1);
    EXPECT_EQ(errno, ENOMEM);
  }
  EXPECT_EQ(no_memory.left(), 0);
  EXPECT_EQ(send("x"), 1);
}

TEST_F(IoProbes, FailNoMoreWhenTheirScopeEnds) {
  { const failing_calls no_memory(io_call::send, ENOMEM, 100); }
  EXPECT_EQ(send("x"), 1);
}

TEST_F(IoProbes, AFailingCallDoesNothing) {
  raw_client(std::move(ends_.client)).send("abc");
  {
    const failing_calls interrupted(io_call::recv, EINTR);
    EXPECT_EQ(receive(100), -1);
  }
  EXPECT_EQ(receive(100), 3);
}

TEST_F(IoProbes, CapWhatACallMoves) {
  raw_client client(std::move(ends_.client));
  client.send("abcde");
  {
    const capped_calls receives(io_call::recv, 2);
    const capped_calls sends(io_call::send, 3);
    EXPECT_EQ(receive(100), 2);
    EXPECT_EQ(receive(1), 1);
    EXPECT_EQ(send("12345"), 3);
  }
  EXPECT_EQ(receive(100), 2);
  EXPECT_EQ(send("12345"), 5);
  EXPECT_EQ(client.read_some(), "12312345");
}

TEST_F(IoProbes, ALimitIsSilentUpToItsNumber) {
  const limited_calls limit(io_call::send, 2, "too many calls of send");
  EXPECT_EQ(send("x"), 1);
  EXPECT_EQ(send("x"), 1);
}

TEST_F(IoProbes, KnowWhatHasBeenReceived) {
  tcp_stream server(std::move(ends_.server));
  std::jthread serve([&] {
    std::array<char, 2> buffer;
    for (int read = 0; read < 6;) read += static_cast<int>(server.read_some(buffer));
  });
  raw_client client(std::move(ends_.client));
  client.send("abc");
  wait_until_received(3);
  client.send("def");
  wait_until_received(6);
}

TEST_F(IoProbes, CountPausesOnly) {
  pollfd nothing{-1, 0, 0};
  const auto before = timed_polls_made();
  ::poll(&nothing, 1, 0);
  EXPECT_EQ(timed_polls_made(), before);
  ::poll(&nothing, 1, 1);
  EXPECT_EQ(timed_polls_made(), before + 1);
}

TEST_F(IoProbes, AreOffWhereATestSaysSo) {
  const failing_calls no_memory(io_call::send, ENOMEM);
  {
    const unprobed_calls mine;
    EXPECT_EQ(send("x"), 1);
  }
  EXPECT_EQ(send("x"), -1);
}

}  // namespace
}  // namespace workbook::harness
