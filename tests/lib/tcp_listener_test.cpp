#include "net/tcp_listener.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <unistd.h>

#include <array>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "harness/process_state.hpp"
#include "harness/test_threads.hpp"
#include "support/thread_states.hpp"

namespace workbook {
namespace {

using namespace harness;

/// @returns whether some thread of this process waits in poll without a limit, as accept() does.
bool somebody_waits_in_accept() {
  for (const auto& state : read_thread_states(::getpid())) {
    if (state.activity == thread_activity::waiting_for_events) return true;
  }
  return false;
}

TEST(TcpListener, AcceptsWhoConnects) {
  tcp_listener listener("127.0.0.1", 0);
  tcp_stream client = tcp_stream::connect("127.0.0.1", listener.port());
  auto server = listener.accept({});
  ASSERT_TRUE(server);
  client.write_all("hello");
  std::array<char, 16> buffer;
  EXPECT_EQ(server->read_some(buffer), 5u);
}

TEST(TcpListener, ReturnsNothingWhenAStopIsRequested) {
  tcp_listener listener("127.0.0.1", 0);
  std::stop_source stop;
  background accepting([&] { EXPECT_FALSE(listener.accept(stop.get_token())); });
  ASSERT_TRUE(eventually(somebody_waits_in_accept));
  stop.request_stop();
  accepting.wait();
}

TEST(TcpListener, AStopEndsTheListeningWhileNobodyAccepts) {
  tcp_listener listener("127.0.0.1", 0);
  const std::uint16_t port = listener.port();
  std::stop_source stop;
  const tcp_stream first = tcp_stream::connect("127.0.0.1", port);
  ASSERT_TRUE(listener.accept(stop.get_token()));
  stop.request_stop();
  EXPECT_THROW((void)tcp_stream::connect("127.0.0.1", port), std::system_error);
  EXPECT_FALSE(listener.accept(stop.get_token()));
  EXPECT_FALSE(listener.accept(std::stop_source().get_token())) << "a stop is for good";
}

TEST(TcpListener, MayBeMovedBeforeItAccepts) {
  tcp_listener first("127.0.0.1", 0);
  std::stop_source stop;
  const tcp_stream client = tcp_stream::connect("127.0.0.1", first.port());
  ASSERT_TRUE(first.accept(stop.get_token()));
  tcp_listener second(std::move(first));
  stop.request_stop();
  EXPECT_FALSE(second.accept(stop.get_token()));
}

TEST(TcpListener, KnowsWhoWaitsOnIPv6) {
  try {
    const tcp_listener listener("::1", 0);
    const tcp_stream client = tcp_stream::connect("::1", listener.port());
    EXPECT_EQ(waiting_in_backlog(listener.port()), 1u);
  } catch (const std::system_error& none) {
    GTEST_SKIP() << "this system has no IPv6: " << none.what();
  }
}

TEST(TcpListener, SocketsAreClosedOnExec) {
  tcp_listener listener("127.0.0.1", 0);
  const tcp_stream client = tcp_stream::connect("127.0.0.1", listener.port());
  const auto server = listener.accept({});
  ASSERT_TRUE(server);
  for (const int fd : {client.fd(), server->fd()}) {
    EXPECT_TRUE(::fcntl(fd, F_GETFD) & FD_CLOEXEC);
  }
}

TEST(TcpListener, SaysWhyItCannotListen) {
  const tcp_listener first("127.0.0.1", 0);
  try {
    const tcp_listener second("127.0.0.1", first.port());
    FAIL() << "two listeners on one port";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
    EXPECT_NE(std::string(error.what()).find("cannot listen on 127.0.0.1:"), std::string::npos);
  }
}

TEST(TcpListener, KnowsHostsByName) {
  // A bare system, a chroot for instance, may have no /etc/hosts and so no names at all.
  addrinfo* found = nullptr;
  if (::getaddrinfo("localhost", nullptr, nullptr, &found) != 0) {
    GTEST_SKIP() << "this system does not know the name localhost";
  }
  ::freeaddrinfo(found);
  EXPECT_GT(tcp_listener("localhost", 0).port(), 0);
}

TEST(TcpListener, SaysThatAHostIsUnknown) {
  EXPECT_THROW(tcp_listener("no.such.host.invalid", 0), std::runtime_error);
}

}  // namespace
}  // namespace workbook
