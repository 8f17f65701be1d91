#include <gtest/gtest.h>

#include <connection.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "01_single/connection_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

// How a connection ends: on every path in such a way that its client can read what it was told.

namespace workbook {
namespace {

using namespace harness;

/// What a client may send before it ends its sending side: each takes a different path.
struct sent_bytes {
  std::string_view name;
  std::string bytes;
};

std::vector<sent_bytes> all_kinds_of_clients() {
  return {{"a request", "GET /fast HTTP/1.1\r\n\r\n"},
          {"a request for an unknown path", "GET /nowhere HTTP/1.1\r\n\r\n"},
          {"something that is not a request", "hello\r\n\r\n"},
          {"half a request", "GET /fa"},
          {"a head that is too large", "GET / HTTP/1.1\r\nX: " + std::string(max_head_bytes, 'x')},
          {"a target that is too long", "GET /" + std::string(max_head_bytes, 'x')},
          {"nothing", ""}};
}

http_response know_one_path(const http_request& asked) {
  return asked.path == "/fast" ? say_path(asked) : http_response{404, "no"};
}

/// Waits for the end of the connection. Its client was reset if it says so, or if the socket was
/// closed with bytes in it that nobody had read.
void expect_no_reset(served_connection& connection, const std::string& response) {
  EXPECT_FALSE(response.ends_with("<connection reset>")) << "the connection was reset";
  connection.wait();
  EXPECT_EQ(closes_with_unread_bytes(), 0u) << "the socket was closed while bytes from the client "
                                               "were unread: that resets the connection";
}

/// While the handler waits, the client sends bytes that nobody will read. Then the handler goes on.
void expect_no_reset_with_unread(std::string_view bytes, served_connection& connection,
                                 gate& in_handler) {
  connection.client.send(bytes);
  ASSERT_TRUE(eventually([&] { return connection.client.all_arrived(); }));
  in_handler.open();
  step("it reads until the connection ends");
  const std::string response = connection.client.read_to_end();
  EXPECT_TRUE(is_ok_with(response, "path /fast"));
  expect_no_reset(connection, response);
}

TEST(ServeConnection, EndsTheConnectionAfterTheResponse) {
  about("1.4",
        "`Connection: close` is a promise: the server ends the connection after the response. A "
        "client that reads to the end of the stream must get there.");
  served_connection connection;
  step("a client sends a request and keeps its socket open");
  connection.client.send(a_request);
  step("it reads its response");
  ASSERT_TRUE(is_ok_with(connection.client.read_some(), "path /fast"));
  step("it keeps reading until the connection ends");
  EXPECT_EQ(connection.client.read_to_end(), "");
  step("serve_connection returns");
  EXPECT_EQ(connection.wait(), "");
}

TEST(ServeConnection, RefusesAHeadThatIsTooLargeWithoutAReset) {
  about("1.4",
        "After max_head_bytes without a blank line the answer is 431. The client is still sending, "
        "and must be able to read it: end the connection with linger_and_close.");
  served_connection connection(make_tcp_pair());
  step("a client sends 64 KiB of one field, without a blank line");
  connection.client.send("GET /fast HTTP/1.1\r\nX: " + std::string(64 * 1024, 'x'));
  step("it reads until the connection ends");
  const std::string response = connection.client.read_to_end();
  EXPECT_TRUE(has_status(response, 431));
  expect_no_reset(connection, response);
}

TEST(ServeConnection, DoesNotResetAClientThatStillSends) {
  about("1.4",
        "Closing a socket with unread bytes sends a reset, which can destroy the response, even "
        "after finish_sending: end the connection with linger_and_close, which reads and discards "
        "them first.");
  gate in_handler;
  served_connection connection(make_tcp_pair(), [&](const http_request& asked) {
    in_handler.pass();
    return say_path(asked);
  });
  step("a client sends the head of a request; its handler waits");
  connection.client.send("POST /fast HTTP/1.1\r\nContent-Length: 5\r\n\r\n");
  in_handler.wait_for_arrivals(1);
  step("it sends the body, which nobody reads, and the handler goes on");
  expect_no_reset_with_unread("12345", connection, in_handler);
}

TEST(ServeConnection, DoesNotResetAClientThatSendsMore) {
  about("1.4",
        "A client may send something after its request that nobody reads: closing with unread "
        "bytes (has_bytes) sends a reset, which can destroy the response. linger_and_close reads "
        "and discards them first.");
  gate in_handler;
  served_connection connection(make_tcp_pair(), [&](const http_request& asked) {
    in_handler.pass();
    return say_path(asked);
  });
  step("a client sends a complete request; its handler waits");
  connection.client.send(a_request);
  in_handler.wait_for_arrivals(1);
  step("it sends the next request, which nobody reads, and the handler goes on");
  expect_no_reset_with_unread(a_request, connection, in_handler);
}

TEST(ServeConnection, WaitsForABodyThatIsStillToCome) {
  if (!io_probes_available()) GTEST_SKIP() << "poll cannot be probed in this build";
  about("1.4",
        "A client that has announced a body (more_may_come) will still send it. Bytes that reach a "
        "closed socket are answered with a reset, which can destroy the response: end the "
        "connection with linger_and_close, even when there is nothing to read yet.");
  std::uint64_t reads = 0;
  std::uint64_t waits = 0;
  served_connection connection(make_tcp_pair(), [&](const http_request& asked) {
    reads = calls_made(io_call::recv);
    waits = timed_polls_made();
    return say_path(asked);
  });
  step("a client sends the head of a request with a body, and reads until the connection ends");
  connection.client.send("POST /fast HTTP/1.1\r\nContent-Length: 5\r\n\r\n");
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
  connection.wait();
  step("after the response, the server has waited for what might still arrive");
  // One look at what is there (has_bytes) is no wait.
  EXPECT_TRUE(timed_polls_made() > waits || calls_made(io_call::recv) > reads + 1)
      << "it closed its end at once";
}

TEST(ServeConnection, SurvivesAClientThatHasGone) {
  about("1.4",
        "A client may be gone by the time its answer is written, whatever the answer is. write_all "
        "turns that into an error of this connection; ::write, and ::send without MSG_NOSIGNAL, "
        "raise SIGPIPE, which ends the process with all its clients.");
  for (const auto& [name, bytes] : all_kinds_of_clients()) {
    socket_pair ends = make_socket_pair();
    step("a client has sent " + std::string(name) + " and is gone; then it is served");
    raw_client client(std::move(ends.client));
    client.send(bytes);
    client.close();
    served_connection connection({{}, std::move(ends.server)}, know_one_path);
    connection.wait();
  }
}

TEST(ServeConnection, ClosesItsSocketOnceOnEveryPath) {
  about("1.4",
        "The connection owns its socket: destroying the connection closes the socket, on every "
        "path. A descriptor that was released and forgotten stays open; closing the same number "
        "twice closes what another thread has opened in the meantime.");
  for (const auto& [name, bytes] : all_kinds_of_clients()) {
    const std::size_t before = open_sockets();
    step("a client sends " + std::string(name) + ", ends its sending side and reads to the end");
    served_connection connection(make_socket_pair(), know_one_path);
    connection.client.send(bytes);
    connection.client.finish_sending();
    (void)connection.client.read_to_end();
    connection.wait();
    ASSERT_EQ(open_sockets(), before) << "sockets are open: the connection was not closed";
    ASSERT_EQ(closes_of_nothing(), 0u) << "time(s) the same descriptor was closed again";
  }
}

}  // namespace
}  // namespace workbook
