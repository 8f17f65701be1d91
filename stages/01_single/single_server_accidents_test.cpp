#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <single_server.hpp>
#include <stdexcept>
#include <string>

#include "01_single/server_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

// Clients that leave, handlers that throw, system calls that fail: each costs at most one
// connection.

namespace workbook {
namespace {

using namespace harness;

TEST(SingleServer, SurvivesAClientThatResets) {
  about("1.5",
        "Reading from or writing to a client that is gone throws. That costs this connection, not "
        "the server: catch it in the loop.");
  gate held;
  event_log log;
  running_server<single_server> server(routes_with(held), &log);
  step("client 1 sends GET /sleep, is held inside, and resets its connection");
  raw_client rude(server.port());
  rude.send(get_sleep);
  held.wait_for_arrivals(1);
  rude.reset();
  step("its handler goes on: the server writes to a connection that is gone");
  held.open();
  step("client 2 is served");
  ASSERT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("the log says that connection 1 failed, and why");
  server.stop();
  EXPECT_EQ(log.count(event_kind::failed), 1u);
}

TEST(SingleServer, SurvivesAClientThatCloses) {
  if (!io_probes_available()) GTEST_SKIP() << "send cannot be probed in this build";
  about("1.5",
        "A client that has closed its socket answers the first write with a reset; the second "
        "write raises SIGPIPE, unless send is told not to (MSG_NOSIGNAL). One client must not end "
        "the server.");
  gate held;
  const capped_calls several_writes(io_call::send, 20);
  running_server<single_server> server(routes_with(held));
  step("client 1 sends GET /sleep, is held inside, and closes its connection");
  raw_client rude(server.port());
  rude.send(get_sleep);
  held.wait_for_arrivals(1);
  rude.close();
  step("its handler goes on: the server writes its response, 20 bytes at a time");
  held.open();
  step("client 2 is served");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
}

TEST(SingleServer, SocketsEndWithTheProgram) {
  about("1.5",
        "A program that this process starts inherits every descriptor that is not close-on-exec: "
        "the connection stays open and the port stays taken for as long as that program runs.");
  event_log log;
  running_server<single_server> server(say_ok(), &log);
  step("a client has been accepted");
  raw_client client(server.port());
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::accepted) == 1; }));
  step("every socket of the process is close-on-exec");
  EXPECT_EQ(sockets_kept_on_exec(), 0u) << "sockets were opened without SOCK_CLOEXEC";
}

TEST(SingleServer, SurvivesAHandlerThatThrows) {
  about("1.5", "An exception from the handler costs that connection, not the server.");
  event_log log;
  const auto handler = [](const http_request& request) -> http_response {
    if (request.path == "/sleep") throw std::runtime_error("the database is gone");
    return {200, "ok"};
  };
  running_server<single_server> server(handler, &log);
  step("client 1's handler throws: the connection ends without a response");
  ASSERT_EQ(ask(server.port(), get_sleep), "");
  step("client 2 is served");
  ASSERT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("the log says that connection 1 failed, and why");
  server.stop();
  std::string reason;
  for (const auto& event : log.events()) {
    if (event.kind == event_kind::failed) reason = event.note;
  }
  EXPECT_NE(reason.find("the database is gone"), std::string::npos)
      << "the log says: '" << reason << "'";
}

TEST(SingleServer, AHandlerMayThrowAnything) {
  about("1.5", "C++ throws values of any type; only catch (...) catches them all.");
  event_log log;
  const auto handler = [](const http_request&) -> http_response { throw 42; };
  running_server<single_server> server(handler, &log);
  step("a handler throws the number 42");
  EXPECT_EQ(ask(server.port(), get_fast), "");
  step("the log says that the connection failed");
  server.stop();
  EXPECT_EQ(log.count(event_kind::failed), 1u);
}

TEST(SingleServer, ClosesEveryConnection) {
  about("1.5",
        "Every path out of a connection must close it: an answer, an error, no request at all. "
        "tcp_stream closes its socket when it is destroyed; does every path destroy it?");
  running_server<single_server> server(say_ok());
  const std::size_t before = open_sockets();
  step(
      "ten clients of each kind: a good request, a bad one, half of one, too large a head, none, a "
      "reset");
  for (int i = 0; i < 10; ++i) {
    (void)ask(server.port(), get_fast);
    (void)ask(server.port(), "nonsense\r\n\r\n");
    (void)ask(server.port(), "GET / HTTP/1.1\r\nX: " + std::string(max_head_bytes, 'x'));
    raw_client half(server.port());
    half.send("GET /fa");
    half.close();
    raw_client(server.port()).close();
    raw_client(server.port()).reset();
  }
  step("the server stops, so it is done with all of them");
  server.stop();
  EXPECT_EQ(open_sockets(), before) << "sockets are open now, compared with before";
}

TEST(SingleServer, GoesOnWhenAcceptFailsForOneClient) {
  if (!io_probes_available()) GTEST_SKIP() << "accept cannot be probed in this build";
  about("1.5",
        "accept may fail because one client gave up (ECONNABORTED, EPROTO) or a signal arrived "
        "(EINTR): the next accept may succeed, so the loop goes on.");
  for (const int error : {ECONNABORTED, EINTR, EPROTO}) {
    step(std::string("the next accept fails: ") + std::strerror(error));
    const failing_calls accept(io_call::accept, error);
    running_server<single_server> server(say_ok());
    ASSERT_TRUE(is_ok(ask(server.port(), get_fast)));
    ASSERT_EQ(accept.left(), 0) << "accept was called";
  }
}

TEST(SingleServer, PausesWhenDescriptorsRunOut) {
  if (!io_probes_available()) GTEST_SKIP() << "accept cannot be probed in this build";
  about("1.5",
        "EMFILE: no descriptor is free, and the client stays in the queue, so accept fails again "
        "at once. Trying again without a pause is a busy loop that takes up a whole core.");
  const failing_calls no_descriptor(io_call::accept, EMFILE, 3);
  const limited_calls few(io_call::accept, 50, "accept was called more than 50 times in a row");
  running_server<single_server> server(say_ok());
  step("accept fails three times because no descriptor is free; then the client is served");
  ASSERT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("before each new attempt the server paused");
  EXPECT_GE(timed_polls_made(), 3u) << "a pause is a poll with a time limit";
}

TEST(SingleServer, LeavesItsPortUsableAtOnce) {
  about("1.5",
        "The side that closes first keeps the connection in TIME_WAIT for a minute. Without "
        "SO_REUSEADDR no server can use the port again in that time.");
  std::uint16_t port = 0;
  {
    step("a server serves a client, closes first, and ends");
    running_server<single_server> server(say_ok());
    port = server.port();
    raw_client client(port);
    client.send(get_fast);
    ASSERT_TRUE(is_ok(client.read_to_end()));
  }
  step("another server listens on the same port");
  EXPECT_NO_THROW(tcp_listener("127.0.0.1", port));
}

}  // namespace
}  // namespace workbook
