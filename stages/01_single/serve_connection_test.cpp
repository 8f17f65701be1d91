#include <gtest/gtest.h>

#include <atomic>
#include <connection.hpp>
#include <stop_token>
#include <string>
#include <utility>

#include "01_single/connection_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

// What serve_connection does with a client, from its first byte to its answer.
// serve_connection_stream_test.cpp is about how the bytes come and go,
// serve_connection_end_test.cpp about how the connection ends.

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
        "A handler may do something: /sleep sleeps. Call it once per request, and keep its "
        "response for everything that needs it.");
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
        "A stream that ends before its first byte is not a request: send no response, and record "
        "nothing.");
  served_connection connection;
  step("a client connects and leaves without sending a byte");
  connection.client.finish_sending();
  ASSERT_EQ(connection.client.read_to_end(), "") << "was sent to a client that asked for nothing";
  EXPECT_EQ(connection.wait(), "");
  step("the log is empty");
  EXPECT_TRUE(connection.log.events().empty());
}

TEST(ServeConnection, RefusesARequestThatEndsTooEarly) {
  about("1.4",
        "read_some() returns 0 when no more bytes will ever come. Every further call would return "
        "0 too: leave the loop, and answer 400.");
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

TEST(ServeConnection, FinishesNothingThatIsNotWritten) {
  about("1.4",
        "`finished` says that the response has been written. When write_all throws, it has not: "
        "record `finished` after it, and let the exception pass.");
  gate in_handler;
  served_connection connection(make_tcp_pair(), [&](const http_request& asked) {
    in_handler.pass();
    return say_path(asked);
  });
  step("a client sends a request; while its handler works, it resets the connection");
  connection.client.send(a_request);
  in_handler.wait_for_arrivals(1);
  connection.client.reset();
  in_handler.open();
  step("the response cannot be written: serve_connection throws");
  EXPECT_NE(connection.wait(), "");
  step("nothing is recorded as finished");
  EXPECT_EQ(connection.log.count(event_kind::finished), 0u);
}

TEST(ServeConnection, ReportsAConnectionThatBreaks) {
  about("1.4",
        "Reading from a client that has reset its connection is an error, not the end of the "
        "stream: read_some() throws, and serve_connection lets the exception pass. (recv returns "
        "-1; as an unsigned size that is a huge number of bytes.)");
  served_connection connection(make_tcp_pair());
  step("a client sends half a request and resets its connection: serve_connection throws");
  connection.client.send("GET /fa");
  connection.client.reset();
  const std::string thrown = connection.wait();
  ASSERT_NE(thrown.find("Connection reset by peer"), std::string::npos)
      << "this is not a std::system_error with ECONNRESET: '" << thrown << "'";
  step("nothing is recorded as finished");
  EXPECT_EQ(connection.log.count(event_kind::finished), 0u);
}

TEST(ServeConnection, RecordsTheRequestAndItsResponse) {
  about("1.4",
        "Record `started` before the handler runs, `finished` when the response has been written.");
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
  about(
      "1.4",
      "A stop must reach a server that is waiting for bytes: pass the stop token to read_some().");
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

TEST(ServeConnection, AStopDropsNoRequestThatHasArrived) {
  about("1.4",
        "A stop ends the waiting for bytes, and nothing else: what has arrived is still read, and "
        "a complete request is answered. read_some() sees to that. If you check the token "
        "yourself, you drop a request that came in time.");
  socket_pair ends = make_socket_pair();
  raw_client client(std::move(ends.client));
  event_log log;
  std::stop_source stop;
  step("a request has arrived and is not read yet; a stop is requested");
  client.send(a_request);
  stop.request_stop();
  step("serve_connection reads and answers it");
  serve_connection({tcp_stream(std::move(ends.server)), 1}, say_path, &log, stop.get_token());
  EXPECT_TRUE(is_ok_with(client.read_to_end(), "path /fast"));
}

TEST(ServeConnection, SharesNothingWithOtherConnections) {
  if (!io_probes_available()) GTEST_SKIP() << "recv and send cannot be probed in this build";
  about("1.4",
        "From stage 02 on, many threads call serve_connection at the same time, each with a client "
        "of its own. A static or global variable belongs to all of them: one client gets what "
        "another one asked for.");
  for (const auto& [call, place] :
       {std::pair(io_call::recv, "between reading the request and looking at it"),
        std::pair(io_call::send, "before its answer is sent")}) {
    gate held;
    std::atomic<bool> is_first = true;
    const hooked_calls hold(call, [&] {
      if (is_first.exchange(false)) held.pass();
    });
    step(std::string("a client asks for /one, and its thread is held ") + place);
    served_connection one;
    one.client.send("GET /one HTTP/1.1\r\n\r\n");
    // Code that reads or sends with other calls is not held.
    const auto answered = [&] { return one.log.count(event_kind::finished) == 1; };
    ASSERT_TRUE(eventually([&] { return held.inside() == 1 || answered(); }));
    step("another client asks for /two on another thread, and gets its answer");
    {
      served_connection two;
      two.client.send("GET /two HTTP/1.1\r\n\r\n");
      ASSERT_TRUE(is_ok_with(two.client.read_to_end(), "path /two"));
    }
    step("the first thread goes on, and answers its own client");
    held.open();
    ASSERT_TRUE(is_ok_with(one.client.read_to_end(), "path /one"));
  }
}

}  // namespace
}  // namespace workbook
