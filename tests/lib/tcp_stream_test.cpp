#include "net/tcp_stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stop_token>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/test_threads.hpp"
#include "net/refused_connections.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(TcpStream, ReadsWhatArrivedBeforeTheStop) {
  auto [client, server] = make_socket_pair();
  tcp_stream stream(std::move(server));
  raw_client(std::move(client)).send("hello");
  std::stop_source stop;
  stop.request_stop();
  std::array<char, 16> buffer;
  EXPECT_EQ(stream.read_some(buffer, stop.get_token()), 5u);
  EXPECT_EQ(stream.read_some(buffer, stop.get_token()), 0u);
}

TEST(TcpStream, AStopEndsALongWait) {
  auto [client, server] = make_socket_pair();
  tcp_stream stream(std::move(server));
  std::stop_source stop;
  background reading([&] {
    std::array<char, 16> buffer;
    EXPECT_EQ(stream.read_some(buffer, stop.get_token()), 0u);
  });
  stop.request_stop();
  EXPECT_EQ(reading.wait(), "");
}

TEST(TcpStream, WritingToAClientThatHasGoneThrows) {
  auto [client, server] = make_socket_pair();
  tcp_stream stream(std::move(server));
  client.reset();
  EXPECT_THROW(stream.write_all("hello"), std::system_error);
}

TEST(TcpStream, SaysWhereNobodyListens) {
  std::uint16_t port = 0;
  { port = tcp_listener("127.0.0.1", 0).port(); }
  try {
    (void)tcp_stream::connect("127.0.0.1", port);
    FAIL() << "connected to nobody";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::connection_refused);
  }
}

TEST(RefusedConnections, AnswerAtOnceAndLeaveWhenTheClientLeaves) {
  const std::size_t before = open_sockets();
  refused_connections leaving;
  auto [client, server] = make_socket_pair();
  leaving.refuse(tcp_stream(std::move(server)), "no room");
  raw_client refused(std::move(client));
  refused.send("a request that comes late");
  EXPECT_EQ(refused.read_to_end(), "no room");
  leaving.sweep();
  EXPECT_EQ(open_sockets(), before);
}

TEST(RefusedConnections, LookOnlyAtThoseWhoHaveSentSomething) {
  if (!io_probes_available()) GTEST_SKIP() << "recv cannot be probed in this build";
  std::vector<raw_client> clients;
  refused_connections leaving;
  for (int i = 0; i < 50; ++i) {
    auto [client, server] = make_socket_pair();
    clients.emplace_back(std::move(client));
    leaving.refuse(tcp_stream(std::move(server)), "no room");
  }
  const auto before = calls_made(io_call::recv);
  leaving.sweep();
  EXPECT_EQ(calls_made(io_call::recv) - before, 0u) << "all are silent";
  clients[7].send("hello");
  leaving.sweep();
  EXPECT_EQ(calls_made(io_call::recv) - before, 2u) << "one has spoken, and has no more to say";
}

TEST(RefusedConnections, KeepAtMostSixtyFour) {
  const std::size_t before = open_sockets();
  std::vector<unique_fd> clients;
  refused_connections leaving;
  for (int i = 0; i < 100; ++i) {
    auto [client, server] = make_socket_pair();
    clients.push_back(std::move(client));
    leaving.refuse(tcp_stream(std::move(server)), "no room");
  }
  EXPECT_EQ(open_sockets() - before, 100u + 64u);
}

}  // namespace
}  // namespace workbook
