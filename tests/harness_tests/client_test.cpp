// The client, and the states of the kernel that tests ask for.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>

#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/test_threads.hpp"
#include "net/tcp_listener.hpp"

namespace workbook::harness {
namespace {

TEST(RawClient, CanFinishSendingAndStillRead) {
  auto [client_end, server_end] = make_socket_pair();
  raw_client client(std::move(client_end));
  tcp_stream server(std::move(server_end));
  client.send("ping");
  client.finish_sending();
  std::array<char, 100> buffer;
  EXPECT_EQ(server.read_some(buffer), 4U);
  EXPECT_EQ(server.read_some(buffer), 0U);
  server.write_all("pong");
  { const tcp_stream closed(std::move(server)); }
  EXPECT_EQ(client.read_to_end(), "pong");
}

TEST(RawClient, ResetsItsConnection) {
  tcp_listener listener("127.0.0.1", 0);
  raw_client client(listener.port());
  auto server = listener.accept({});
  ASSERT_TRUE(server);
  client.reset();
  std::array<char, 100> buffer;
  try {
    const auto count = server->read_some(buffer);
    FAIL() << "read_some() returned " << count;
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ECONNRESET);
  }
}

TEST(RawClient, NoticesThatItWasReset) {
  tcp_listener listener("127.0.0.1", 0);
  raw_client client(listener.port());
  auto server = listener.accept({});
  ASSERT_TRUE(server);
  client.send("unread");
  ASSERT_TRUE(eventually([&] {
    std::array<char, 1> buffer;
    return ::recv(server->fd(), buffer.data(), 1, MSG_PEEK | MSG_DONTWAIT) == 1;
  }));
  server.reset();  // closes with unread bytes: the kernel sends a reset
  EXPECT_EQ(client.read_to_end(), "<connection reset>");
}

TEST(RawClient, KnowsWhatItsPeerHasRead) {
  auto [client_end, server_end] = make_socket_pair();
  raw_client client(std::move(client_end));
  tcp_stream server(std::move(server_end));
  EXPECT_TRUE(client.all_read_by_peer());
  client.send("x");
  EXPECT_FALSE(client.all_read_by_peer());
  std::array<char, 100> buffer;
  EXPECT_EQ(server.read_some(buffer), 1U);
  EXPECT_TRUE(client.all_read_by_peer());
}

TEST(ProcessState, CountsOpenSockets) {
  const auto before = open_sockets();
  {
    const auto pair = make_socket_pair();
    EXPECT_EQ(open_sockets(), before + 2);
  }
  EXPECT_EQ(open_sockets(), before);
}

TEST(ProcessState, CountsThreads) {
  gate held;
  const auto before = thread_count();
  std::jthread waits([&] { held.pass(); });
  held.wait_for_arrivals(1);
  // ThreadSanitizer starts a thread of its own with the first one of the program.
  EXPECT_GE(thread_count(), before + 1);
  held.open();
  waits.join();
  EXPECT_TRUE(eventually([&] { return thread_count() <= before + 1; }));
}

TEST(ProcessState, CountsClientsThatNobodyHasAccepted) {
  tcp_listener listener("127.0.0.1", 0);
  EXPECT_EQ(waiting_in_backlog(listener.port()), 0U);
  const raw_client first(listener.port());
  const raw_client second(listener.port());
  EXPECT_TRUE(eventually([&] { return waiting_in_backlog(listener.port()) == 2; }));
  const auto accepted = listener.accept({});
  EXPECT_EQ(waiting_in_backlog(listener.port()), 1U);
}

TEST(ProcessState, AnswersWhenAConditionNeverHolds) {
  EXPECT_TRUE(eventually([calls = 0]() mutable { return ++calls == 3; }));
}

}  // namespace
}  // namespace workbook::harness
