#include <gtest/gtest.h>

#include <connection.hpp>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include "harness/background.hpp"
#include "harness/gate.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {
namespace {

using namespace harness;

constexpr std::string_view request = "GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n";

http_response say_path(const http_request& asked) { return {200, "path " + asked.path}; }

/// A connection that serve_connection serves on a thread of its own, and the client at its other
/// end.
class served_connection {
 public:
  explicit served_connection(socket_pair ends = make_socket_pair(),
                             request_handler handler = say_path)
      : client(std::move(ends.client)),
        served_{tcp_stream(std::move(ends.server)), 1},
        serving_([this, handler] {
          serve_connection(std::move(served_), handler, &log, stop.get_token());
        }) {}

  ~served_connection() { client.close(); }

  /// Blocks until serve_connection has returned. @returns what it threw, or nothing.
  std::string wait() { return serving_.wait(); }

  raw_client client;
  event_log log;
  std::stop_source stop;

 private:
  connection served_;
  background serving_;
};

/// The two ends of a TCP connection on this machine: where resets are as they are in the network.
socket_pair make_tcp_pair() {
  tcp_listener listener("127.0.0.1", 0);
  tcp_stream client = tcp_stream::connect("127.0.0.1", listener.port());
  tcp_stream server = *listener.accept({});
  return {std::move(client).release(), std::move(server).release()};
}

bool is_ok_with(const std::string& response, const std::string& body) {
  return response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("\r\n\r\n" + body);
}

TEST(ServeConnection, AnswersARequest) {
  about("1.4", "Read the request, call the handler, write the response, end the connection.");
  served_connection connection;
  step("a client sends GET /fast in one piece");
  connection.client.send(request);
  step("it reads until the connection ends");
  const std::string response = connection.client.read_to_end();
  EXPECT_TRUE(is_ok_with(response, "path /fast")) << "the response was:\n" << response;
}

TEST(ServeConnection, AnswersWhileTheClientKeepsItsSocketOpen) {
  about("1.4",
        "A request ends at the blank line. A client keeps its socket open while it waits for the "
        "answer: reading until the end of the stream would wait for ever.");
  served_connection connection;
  step("a client sends a request and keeps its socket open");
  connection.client.send(request);
  step("it reads the first bytes of the answer");
  EXPECT_TRUE(connection.client.read_some().starts_with("HTTP/1.1 200"));
}

TEST(ServeConnection, AnswersARequestSplitAnywhere) {
  about("1.4",
        "TCP is a stream: a request may arrive in any two pieces. Collect the bytes, and look at "
        "all that you have collected, until the request is complete.");
  for (std::size_t length = 1; length < request.size(); ++length) {
    served_connection connection;
    connection.client.send(request.substr(0, length));
    ASSERT_TRUE(eventually([&] { return connection.client.all_read_by_peer(); }))
        << "nobody read the first " << length << " bytes";
    connection.client.send(request.substr(length));
    const std::string response = connection.client.read_to_end();
    ASSERT_TRUE(is_ok_with(response, "path /fast"))
        << "split after byte " << length << " of " << request.size() << ", the response was:\n"
        << (response.empty() ? "(nothing)" : response);
  }
}

TEST(ServeConnection, AnswersARequestThatArrivesByteByByte) {
  if (!io_probes_available()) GTEST_SKIP() << "recv cannot be probed in this build";
  about("1.4", "One read may give one byte. Read on until the request is complete.");
  const capped_calls one_byte(io_call::recv, 1);
  served_connection connection;
  step("a client sends a request; each read gives the server one byte of it");
  connection.client.send(request);
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
}

TEST(ServeConnection, AnswersAClientThatHasFinishedSending) {
  about("1.4",
        "A client may end its sending side after the request (a half-close) and still wants the "
        "answer.");
  served_connection connection;
  step("a client sends a request and ends its sending side");
  connection.client.send(request);
  connection.client.finish_sending();
  step("it reads until the connection ends");
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
}

TEST(ServeConnection, SendsNothingToAClientThatSentNothing) {
  about("1.4",
        "A stream that ends before its first byte is no request: no response, and nothing is "
        "recorded.");
  served_connection connection;
  step("a client connects and leaves without a byte");
  connection.client.finish_sending();
  EXPECT_EQ(connection.client.read_to_end(), "");
  EXPECT_EQ(connection.wait(), "");
  step("the log is empty");
  EXPECT_TRUE(connection.log.events().empty());
}

TEST(ServeConnection, RefusesARequestThatEndsTooEarly) {
  about("1.4",
        "read_some() returns 0 when no byte will ever come. Trying again would return 0 for ever: "
        "leave the loop, and answer 400.");
  const limited_calls few(io_call::recv, 20,
                          "recv was called more than 20 times for one short request: it returns 0 "
                          "when the stream has ended, and it will return 0 again");
  served_connection connection;
  step("a client sends half a request and ends its sending side");
  connection.client.send("GET /fast HT");
  connection.client.finish_sending();
  EXPECT_TRUE(connection.client.read_to_end().starts_with("HTTP/1.1 400 "));
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
  EXPECT_TRUE(connection.client.read_to_end().starts_with("HTTP/1.1 400 "));
  EXPECT_FALSE(handled);
}

TEST(ServeConnection, ReadsALongRequestToItsEnd) {
  about("1.4",
        "The buffer of one read is not the limit of a request: a head of 3000 bytes is read whole. "
        "What stays unread turns the end of the connection into a reset.");
  served_connection connection(make_tcp_pair());
  step("a client sends a head of 3000 bytes");
  connection.client.send("GET /fast HTTP/1.1\r\nX: " + std::string(3000, 'x') + "\r\n\r\n");
  const std::string response = connection.client.read_to_end();
  EXPECT_TRUE(is_ok_with(response, "path /fast")) << "the response was:\n" << response;
}

TEST(ServeConnection, RefusesAHeadThatIsTooLargeWithoutAReset) {
  about("1.4",
        "After 8 KiB without a blank line the answer is 431; and the client, which still sends, "
        "must be able to read it: end the connection with linger_and_close.");
  const limited_calls few(io_call::recv, 200,
                          "the server reads on and on: a head without an end must be refused");
  served_connection connection(make_tcp_pair());
  step("a client sends 64 KiB without a blank line");
  connection.client.send(std::string(64 * 1024, 'x'));
  step("it reads until the connection ends");
  const std::string response = connection.client.read_to_end();
  EXPECT_TRUE(response.starts_with("HTTP/1.1 431 ")) << "the response was:\n" << response;
  EXPECT_FALSE(response.ends_with("<connection reset>")) << "the connection was reset";
}

TEST(ServeConnection, DoesNotResetAClientThatStillSends) {
  about(
      "1.4",
      "Closing a socket with unread bytes sends a reset, which can overtake the response: end the "
      "connection with linger_and_close.");
  served_connection connection(make_tcp_pair());
  step("a client sends a request and reads the head of its answer");
  connection.client.send("POST /fast HTTP/1.1\r\nContent-Length: 5\r\n\r\n");
  std::string response = connection.client.read_some();
  step("it sends the body that nobody reads, then reads to the end");
  connection.client.send("12345");
  connection.client.finish_sending();
  response += connection.client.read_to_end();
  EXPECT_TRUE(is_ok_with(response, "path /fast")) << "the response was:\n" << response;
}

TEST(ServeConnection, EndsTheConnectionAfterTheResponse) {
  about("1.4",
        "`Connection: close` is a promise: the server ends the connection after the response, and "
        "a client that reads to the end of the stream comes to an end.");
  served_connection connection;
  step("a client sends a request and keeps its socket open");
  connection.client.send(request);
  step("it reads until the connection ends");
  (void)connection.client.read_to_end();
  connection.client.close();
  step("serve_connection returns");
  EXPECT_EQ(connection.wait(), "");
}

TEST(ServeConnection, WritesTheWholeResponse) {
  if (!io_probes_available()) GTEST_SKIP() << "send cannot be probed in this build";
  about("1.4",
        "send() may take less than it is given; its result says how much. The rest has to be sent "
        "too: write_all does that.");
  const capped_calls seven_bytes(io_call::send, 7);
  served_connection connection;
  step("a client sends a request; the kernel takes 7 bytes of the response at a time");
  connection.client.send(request);
  const std::string response = connection.client.read_to_end();
  EXPECT_TRUE(is_ok_with(response, "path /fast")) << "the response was:\n" << response;
}

TEST(ServeConnection, GoesOnWhenASignalInterruptsACall) {
  if (!io_probes_available()) GTEST_SKIP() << "recv and send cannot be probed in this build";
  about("1.4",
        "EINTR means that a signal came while the call waited. Nothing is wrong with the "
        "connection: call again.");
  const failing_calls read(io_call::recv, EINTR);
  const failing_calls write(io_call::send, EINTR);
  served_connection connection;
  step("a client sends a request; the first recv and the first send fail with EINTR");
  connection.client.send(request);
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
  EXPECT_EQ(read.left() + write.left(), 0) << "recv and send were called";
}

TEST(ServeConnection, ReportsAnErrorOfTheConnection) {
  if (!io_probes_available()) GTEST_SKIP() << "recv cannot be probed in this build";
  about("1.4",
        "recv returns -1 when the connection is broken. As an unsigned size that is a huge number "
        "of bytes: look for the error before you use the count.");
  const failing_calls reset(io_call::recv, ECONNRESET);
  served_connection connection;
  step("the first recv fails with ECONNRESET");
  EXPECT_NE(connection.wait().find("Connection reset by peer"), std::string::npos)
      << "serve_connection throws the std::system_error of read_some()";
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
  connection.client.send(request);
  (void)connection.client.read_to_end();
  connection.client.close();
  connection.wait();
  step("inside the handler, `started` was recorded and `finished` was not");
  EXPECT_EQ(started, 1u);
  EXPECT_EQ(finished, 0u);
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
  connection.client.send(request);
  in_handler.wait_for_arrivals(1);
  step("a stop is requested, and the handler goes on");
  connection.stop.request_stop();
  in_handler.open();
  step("the client reads the whole response");
  EXPECT_TRUE(is_ok_with(connection.client.read_to_end(), "path /fast"));
}

}  // namespace
}  // namespace workbook
