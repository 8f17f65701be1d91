#include <gtest/gtest.h>

#include <connection.hpp>
#include <string>
#include <utility>

#include "01_single/connection_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

// TCP is a stream: bytes arrive in pieces of any size, and leave in pieces of any size.

namespace workbook {
namespace {

using namespace harness;

TEST(ServeConnection, AnswersWhileTheClientKeepsItsSocketOpen) {
  about("1.4",
        "A request ends at the blank line. A client keeps its socket open while it waits for the "
        "answer: reading until the end of the stream would wait for ever.");
  served_connection connection;
  step("a client sends a request and keeps its socket open");
  connection.client.send(a_request);
  step("it reads the first bytes of the answer");
  EXPECT_TRUE(has_status(connection.client.read_some(), 200));
}

TEST(ServeConnection, AnswersARequestSplitAnywhere) {
  about("1.4",
        "TCP is a stream: a request may arrive in pieces, split anywhere. Collect the bytes, and "
        "look at everything you have collected, until the request is complete.");
  step("a client sends a request in two pieces, the first of 1, 2, ... bytes");
  for (std::size_t length = 1; length < a_request.size(); ++length) {
    served_connection connection;
    connection.client.send(a_request.substr(0, length));
    ASSERT_TRUE(eventually([&] { return connection.client.all_read_by_peer(); }))
        << "nobody read the first " << length << " bytes";
    connection.client.send(a_request.substr(length));
    ASSERT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"))
        << "split after " << length << " of " << a_request.size() << " bytes";
  }
}

TEST(ServeConnection, AnswersARequestThatArrivesByteByByte) {
  if (!io_probes_available()) GTEST_SKIP() << "recv cannot be probed in this build";
  about("1.4", "One read may give a single byte. Keep reading until the request is complete.");
  const capped_calls one_byte(io_call::recv, 1);
  served_connection connection;
  step("a client sends a request; each read gives the server one byte of it");
  connection.client.send(a_request);
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
}

TEST(ServeConnection, AnswersAClientThatHasFinishedSending) {
  about("1.4",
        "A client may end its sending side after the request (a half-close) and still want the "
        "answer.");
  served_connection connection;
  step("a client sends a request and ends its sending side");
  connection.client.send(a_request);
  connection.client.finish_sending();
  step("it reads until the connection ends");
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
}

TEST(ServeConnection, ReadsALongRequestToItsEnd) {
  about("1.4",
        "A request may be longer than your read buffer: a head of 6000 bytes must be read whole.");
  served_connection connection(make_tcp_pair());
  step("a client sends a head of 6000 bytes");
  connection.client.send("GET /fast HTTP/1.1\r\nX: " + std::string(5973, 'x') + "\r\n\r\n");
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
}

TEST(ServeConnection, WritesTheWholeResponse) {
  if (!io_probes_available()) GTEST_SKIP() << "send cannot be probed in this build";
  about("1.4",
        "send() may take less than it is given; its result says how much it took. The rest has to "
        "be sent too: write_all does that.");
  const capped_calls seven_bytes(io_call::send, 7);
  served_connection connection;
  step("a client sends a request; the kernel takes 7 bytes of the response at a time");
  connection.client.send(a_request);
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
}

TEST(ServeConnection, GoesOnWhenASignalInterruptsACall) {
  if (!io_probes_available()) GTEST_SKIP() << "recv and send cannot be probed in this build";
  about("1.4",
        "EINTR means that a signal arrived while the call was waiting. Nothing is wrong with the "
        "connection: call again.");
  socket_pair ends = make_socket_pair();
  raw_client client(std::move(ends.client));
  step("a client sends a request; the first recv and the first send fail with EINTR");
  client.send(a_request);
  const failing_calls read(io_call::recv, EINTR);
  const failing_calls write(io_call::send, EINTR);
  served_connection connection({{}, std::move(ends.server)});
  const std::string response = client.read_to_end();
  ASSERT_EQ(connection.wait(), "") << "was thrown by serve_connection";
  EXPECT_TRUE(is_ok_with(response, "path /fast"));
}

}  // namespace
}  // namespace workbook
