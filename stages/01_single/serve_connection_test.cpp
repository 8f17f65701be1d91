#include <gtest/gtest.h>

#include <connection.hpp>
#include <string>

#include "harness/gate.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/served_connection.hpp"
#include "harness/story.hpp"

// What serve_connection does with a client, from its first byte to its close. How the bytes come
// and go is the subject of serve_connection_stream_test.cpp.

namespace workbook {
namespace {

using namespace harness;

TEST(ServeConnection, AnswersARequest) {
  about("1.4", "Read the request, call the handler, write the response, end the connection.");
  served_connection connection;
  step("a client sends GET /fast in one piece");
  connection.client.send(a_request);
  step("it reads until the connection ends");
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
}

TEST(ServeConnection, CallsTheHandlerOnce) {
  about("1.4",
        "A handler may do something: /sleep sleeps. Call it once for a request, and keep its "
        "response for all that needs it.");
  int calls = 0;
  served_connection connection(make_socket_pair(), [&](const http_request& asked) {
    ++calls;
    return say_path(asked);
  });
  step("a client sends a request and reads its answer");
  connection.client.send(a_request);
  (void)connection.client.read_to_end();
  connection.wait();
  step("the handler has been called once");
  EXPECT_EQ(calls, 1) << "times the handler was called for one request";
}

TEST(ServeConnection, SendsNothingToAClientThatSentNothing) {
  about("1.4",
        "A stream that ends before its first byte is no request: no response, and nothing is "
        "recorded.");
  served_connection connection;
  step("a client connects and leaves without a byte");
  connection.client.finish_sending();
  ASSERT_EQ(connection.client.read_to_end(), "") << "was sent to a client that asked for nothing";
  EXPECT_EQ(connection.wait(), "");
  step("the log is empty");
  EXPECT_TRUE(connection.log.events().empty());
}

TEST(ServeConnection, RefusesARequestThatEndsTooEarly) {
  about("1.4",
        "read_some() returns 0 when no byte will ever come. Trying again would return 0 for ever: "
        "leave the loop, and answer 400.");
  served_connection connection;
  step("a client sends half a request and ends its sending side");
  connection.client.send("GET /fast HT");
  connection.client.finish_sending();
  EXPECT_TRUE(has_status(connection.client.read_to_end(), 400));
}

TEST(ServeConnection, RefusesWhatIsNoRequest) {
  about("1.4", "What parse_request calls a bad request gets 400, and the handler never sees it.");
  bool handled = false;
  served_connection connection(make_socket_pair(), [&](const http_request&) {
    handled = true;
    return http_response{200, ""};
  });
  step("a client sends 'hello'");
  connection.client.send("hello\r\n\r\n");
  EXPECT_TRUE(has_status(connection.client.read_to_end(), 400));
  EXPECT_FALSE(handled);
}

TEST(ServeConnection, EndsTheConnectionAfterTheResponse) {
  about("1.4",
        "`Connection: close` is a promise: the server ends the connection after the response, and "
        "a client that reads to the end of the stream comes to an end.");
  served_connection connection;
  step("a client sends a request and keeps its socket open");
  connection.client.send(a_request);
  step("it reads its response");
  ASSERT_TRUE(is_ok_with(connection.client.read_some(), "path /fast"));
  step("it reads on, until the connection ends");
  EXPECT_EQ(connection.client.read_to_end(), "");
  step("serve_connection returns");
  EXPECT_EQ(connection.wait(), "");
}

TEST(ServeConnection, ReportsAnErrorOfTheConnection) {
  if (!io_probes_available()) GTEST_SKIP() << "recv cannot be probed in this build";
  about("1.4",
        "recv returns -1 when the connection is broken. As an unsigned size that is a huge number "
        "of bytes: look for the error before you use the count.");
  const failing_calls reset(io_call::recv, ECONNRESET);
  served_connection connection;
  step("the first recv fails with ECONNRESET: serve_connection throws what read_some() throws");
  ASSERT_EQ(connection.wait(), "cannot read from the peer: Connection reset by peer");
  step("nothing is recorded as finished");
  EXPECT_EQ(connection.log.count(event_kind::finished), 0u);
}

TEST(ServeConnection, RecordsTheRequestAndItsResponse) {
  about("1.4", "`started` before the handler runs, `finished` when the response is written.");
  event_log* log = nullptr;
  std::size_t started = 0;
  std::size_t finished = 0;
  served_connection connection(make_socket_pair(), [&](const http_request&) {
    started = log->count(event_kind::started);
    finished = log->count(event_kind::finished);
    return http_response{404, "no"};
  });
  log = &connection.log;
  step("a client sends a request");
  connection.client.send(a_request);
  (void)connection.client.read_to_end();
  connection.wait();
  step("inside the handler, `started` was recorded and `finished` was not");
  ASSERT_EQ(started, 1u);
  ASSERT_EQ(finished, 0u);
  step("afterwards both are there, with the connection's number and the status");
  const auto events = connection.log.events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].kind, event_kind::finished);
  EXPECT_EQ(events[1].connection, 1u);
  EXPECT_TRUE(events[1].note.starts_with("404")) << events[1].note;
}

TEST(ServeConnection, StopEndsTheWaitForASilentClient) {
  about("1.4",
        "A stop must reach a server that waits for bytes: hand the stop token to read_some().");
  served_connection connection;
  step("a client sends half a request and falls silent");
  connection.client.send("GET /fa");
  ASSERT_TRUE(eventually([&] { return connection.client.all_read_by_peer(); }));
  step("a stop is requested");
  connection.stop.request_stop();
  step("serve_connection returns");
  EXPECT_EQ(connection.wait(), "");
}

TEST(ServeConnection, AnswersARequestThatArrivedBeforeTheStop) {
  about("1.4", "A stop ends waiting, not work: a request that has been read is still answered.");
  gate in_handler;
  served_connection connection(make_socket_pair(), [&](const http_request& asked) {
    in_handler.pass();
    return say_path(asked);
  });
  step("a client sends a request; its handler waits");
  connection.client.send(a_request);
  in_handler.wait_for_arrivals(1);
  step("a stop is requested, and the handler goes on");
  connection.stop.request_stop();
  in_handler.open();
  step("the client reads the whole response");
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
}

}  // namespace
}  // namespace workbook
