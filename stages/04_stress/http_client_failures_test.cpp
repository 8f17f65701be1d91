// What can go wrong before a response is complete, and whose fault it is.
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <http_client.hpp>
#include <string>
#include <system_error>

#include "04_stress/client_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/scripted_server.hpp"
#include "harness/story.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(HttpClient, AResetIsNoAnswer) {
  about("4.2",
        "A server may reset the connection at any moment. That is an outcome, and no reason for "
        "the program to die, by an exception or by SIGPIPE.");
  const scripted_server server([](scripted_connection& client) {
    read_request(client);
    client.reset();
  });
  step("a server reads the request, and resets the connection");
  EXPECT_EQ(get(server.port()).what, outcome::reset);
}

TEST(HttpClient, AServerThatGoesDuringTheRequestIsNoReasonToDie) {
  about("4.2",
        "send() to a connection whose other end is gone raises SIGPIPE, which ends the whole "
        "process, unless the call says MSG_NOSIGNAL: then it fails with EPIPE, an error like any "
        "other.");
  const scripted_server server([](scripted_connection& client) {
    (void)client.read_some();
    client.finish_sending();
    client.reset();
  });
  const std::string more_than_fits_into_buffers(std::size_t{16} << 20, 'x');
  const http_client client("127.0.0.1", server.port(), "/" + more_than_fits_into_buffers);
  step("a server goes away while a request of 16 MiB is being sent to it");
  EXPECT_EQ(client.get(no_deadline).what, outcome::reset);
}

TEST(HttpClient, ARequestThatWasNotSentIsNoSuccess) {
  if (!io_probes_available()) GTEST_SKIP() << "this build cannot make calls fail";
  about("4.2",
        "An error of send() was ignored. The request was not sent, so whatever is read afterwards "
        "is not an answer to it.");
  const tcp_listener listener("127.0.0.1", 0);
  for (const int error : {EPIPE, ECONNRESET}) {
    step("send() fails: the server has reset the connection");
    const failing_calls gone(io_call::send, error);
    EXPECT_EQ(get(listener.port(), at_once).what, outcome::reset);
  }
}

TEST(HttpClient, PutsAnIpv6AddressIntoBrackets) {
  about("4.2",
        "In the Host field, an IPv6 address is written in brackets: without them nobody can tell "
        "where it ends and the port begins. RFC 9110 §7.2; RFC 3986 §3.2.2.");
  std::string request;
  const scripted_server server([&](scripted_connection& client) {
    while (!request.ends_with("\r\n\r\n")) request += client.read_some();
    client.send(a_response);
  });
  step("a client asks ::ffff:127.0.0.1, which is 127.0.0.1 as an IPv6 address");
  const answer result = http_client("::ffff:127.0.0.1", server.port(), "/fast").get(no_deadline);
  if (result.what == outcome::generator_limit) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_NE(request.find("\r\nHost: [::ffff:127.0.0.1]:"), std::string::npos) << request;
}

TEST(HttpClient, NobodyListensThere) {
  about("4.2", "A refused connection is an outcome, not an exception.");
  std::uint16_t port = 0;
  {
    const tcp_listener gone("127.0.0.1", 0);
    port = gone.port();
  }
  step("a port on which nobody listens");
  EXPECT_EQ(get(port).what, outcome::refused);
}

TEST(HttpClient, NoWayLeadsThere) {
  if (!io_probes_available()) GTEST_SKIP() << "this build cannot make calls fail";
  about("4.2",
        "A host or network that cannot be reached counts like one that refuses: it is not a limit "
        "of the load generator.");
  for (const int error : {EHOSTUNREACH, ENETUNREACH}) {
    step("connect() fails: " + std::generic_category().message(error));
    const failing_calls no_way(io_call::connect, error);
    EXPECT_EQ(get(1).what, outcome::refused);
  }
}

TEST(HttpClient, DoesNotWaitForEver) {
  about("4.2",
        "A server that accepts, reads and says nothing (a black hole) holds its client for ever, "
        "unless every wait ends at the deadline.");
  const scripted_server server([](scripted_connection& client) {
    while (!client.read_some().empty()) {
    }
  });
  step("a server never answers");
  EXPECT_EQ(get(server.port(), at_once).what, outcome::timed_out);
}

TEST(HttpClient, AServerThatDripsHasNoMoreTimeThanOthers) {
  if (!io_probes_available()) GTEST_SKIP() << "this build cannot make calls slow";
  about("4.2",
        "There is one deadline for the whole answer. If every read gets the whole time-out again, "
        "a server that sends a byte now and then holds its client for ever: pass the same deadline "
        "to every read.");
  const scripted_server server(answer_with(a_response));
  step("a server sends one byte a second; the answer has five seconds");
  const capped_calls one_byte(io_call::recv, 1);
  const slow_receiving a_second(std::chrono::seconds(1));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  EXPECT_EQ(get(server.port(), deadline).what, outcome::timed_out);
}

TEST(HttpClient, AServerThatNeverStopsIsLeftAtTheDeadline) {
  about("4.2",
        "With a server that never stops sending, no read ever has to wait, so no wait ends at the "
        "deadline: check it before each read. And don't keep what has arrived.");
  const scripted_server server([](scripted_connection& client) {
    read_request(client);
    const std::string block(std::size_t{64} << 10, 'x');
    client.send("HTTP/1.1 200 OK\r\n\r\n");
    while (client.try_send(block)) {
    }
  });
  step("a server sends for ever; the answer has 50 ms");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  EXPECT_EQ(get(server.port(), deadline).what, outcome::timed_out);
}

TEST(HttpClient, TellsItsOwnLimitsFromTheServersFailures) {
  if (!io_probes_available()) GTEST_SKIP() << "this build cannot make calls fail";
  about("4.2",
        "No descriptor, no free port: the load generator has reached its own limit. If that "
        "counted as a failure of the server, you would be measuring the wrong machine.");
  const scripted_server server(answer_with(a_response));
  step("socket() fails with EMFILE");
  {
    const failing_calls no_descriptor(io_call::socket, EMFILE);
    EXPECT_EQ(get(server.port()).what, outcome::generator_limit);
  }
  for (const int error : {EADDRNOTAVAIL, EAGAIN, ENOBUFS}) {
    step("connect() fails: " + std::generic_category().message(error));
    const failing_calls no_port(io_call::connect, error);
    EXPECT_EQ(get(server.port()).what, outcome::generator_limit);
  }
  step("without a failure, the request is ok");
  EXPECT_EQ(get(server.port()).what, outcome::ok);
}

TEST(HttpClient, LeavesNoSocketOpen) {
  about("4.2", "If each request leaks a descriptor, the load ends after about a thousand of them.");
  const scripted_server server(answer_with(a_response));
  const tcp_listener never_accepts("127.0.0.1", 0);
  const std::size_t before = open_sockets();
  step("20 requests that are answered, 20 that time out");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(get(server.port()).what, outcome::ok);
    EXPECT_EQ(get(never_accepts.port(), at_once).what, outcome::timed_out);
  }
  step("there are as many sockets as before");
  EXPECT_TRUE(eventually([&] { return open_sockets() == before; }))
      << open_sockets() - before << " sockets are still open";
}

}  // namespace
}  // namespace workbook
