// What can go wrong before a response is complete, and whose fault it is.
#include <gtest/gtest.h>

#include <cerrno>
#include <http_client.hpp>
#include <string>
#include <system_error>

#include "harness/client_under_test.hpp"
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
        "A server may reset the connection at any moment. That is an outcome, and no reason to "
        "die: not by an exception, not by SIGPIPE.");
  const scripted_server server([](scripted_connection& client) {
    read_request(client);
    client.reset();
  });
  step("a server reads the request, and resets the connection");
  EXPECT_EQ(get(server.port()).what, outcome::reset);
}

TEST(HttpClient, AServerThatGoesDuringTheRequestIsNoReasonToDie) {
  about("4.2",
        "send() to a connection whose other end has gone raises SIGPIPE, which ends the whole "
        "process, unless the call says MSG_NOSIGNAL: then it is EPIPE, an error like others.");
  const scripted_server server([](scripted_connection& client) {
    (void)client.read_some();
    client.finish_sending();
    client.reset();
  });
  const std::string more_than_fits_into_buffers(std::size_t{16} << 20, 'x');
  const http_client client("127.0.0.1", server.port(), "/" + more_than_fits_into_buffers);
  step("a server goes while a request of 16 MiB is sent to it");
  EXPECT_EQ(client.get(no_deadline).what, outcome::reset);
}

TEST(HttpClient, ARequestThatWasNotSentIsNoSuccess) {
  if (!io_probes_available()) GTEST_SKIP() << "this build cannot make calls fail";
  about("4.2",
        "An error of send() was ignored. The request was not sent, so whatever is read afterwards "
        "is no answer to it.");
  const tcp_listener listener("127.0.0.1", 0);
  for (const int error : {EPIPE, ECONNRESET}) {
    step("send() fails: the server has reset the connection");
    const failing_calls gone(io_call::send, error);
    EXPECT_EQ(get(listener.port(), at_once).what, outcome::reset);
  }
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
        "A host or a network that cannot be reached is as good as one that refuses: that is no "
        "limit of the load generator.");
  for (const int error : {EHOSTUNREACH, ENETUNREACH}) {
    step("connect() fails: " + std::generic_category().message(error));
    const failing_calls no_way(io_call::connect, error);
    EXPECT_EQ(get(1).what, outcome::refused);
  }
}

TEST(HttpClient, DoesNotWaitForEver) {
  about("4.2",
        "A server that accepts, reads and says nothing (a black hole) holds its client for ever, "
        "unless every wait has the deadline.");
  const scripted_server server([](scripted_connection& client) {
    while (!client.read_some().empty()) {
    }
  });
  step("a server never answers");
  EXPECT_EQ(get(server.port(), at_once).what, outcome::timed_out);
}

TEST(HttpClient, TellsItsOwnLimitsFromTheServersFailures) {
  if (!io_probes_available()) GTEST_SKIP() << "this build cannot make calls fail";
  about("4.2",
        "No descriptor, no free port: the load generator has reached its own limit. Counted as a "
        "failure of the server, that would be a measurement of the wrong machine.");
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
  about("4.2",
        "A descriptor that is lost with each request ends the load after a thousand of them.");
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
