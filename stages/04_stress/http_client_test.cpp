// Which bytes are a response, and when it is complete.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <http_client.hpp>
#include <limits>
#include <string>
#include <string_view>

#include "04_stress/client_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/scripted_server.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "net/tcp_listener.hpp"
#include "support/thread_states.hpp"

namespace workbook {
namespace {

using namespace harness;

/// @returns what a client makes of a server that reads the request, sends `response` and closes.
answer answer_to(const std::string& response) {
  const scripted_server server(answer_with(response));
  return get(server.port());
}

/// @returns what a client makes of a server that sends `response` and does not close.
answer answer_on_open_connection(std::string_view response) {
  const scripted_server server([&](scripted_connection& client) {
    read_request(client);
    client.send(response);
    EXPECT_EQ(client.read_some(), "");  // until the client has closed
  });
  return get(server.port());
}

TEST(HttpClient, AConnectionIsNoAnswer) {
  about("4.2",
        "The kernel completes connections that no server has accepted yet, and takes bytes that "
        "nobody reads. Success is a complete response and nothing else.");
  const tcp_listener never_accepts("127.0.0.1", 0);
  step("a listener that never calls accept(): the request times out");
  EXPECT_EQ(get(never_accepts.port(), at_once).what, outcome::timed_out);
}

TEST(HttpClient, AServerThatClosesHasNotAnswered) {
  about("4.2", "If the connection ends before the response is complete, it is truncated.");
  step("a server reads the request, and closes");
  EXPECT_EQ(answer_to("").what, outcome::truncated);
}

TEST(HttpClient, HalfAResponseIsNoAnswer) {
  about("4.2",
        "Content-Length says how many bytes belong to the body. If the last one is missing, that "
        "is as bad as if all were.");
  step("one byte of the body is missing");
  const answer half = answer_to("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell");
  EXPECT_EQ(half.what, outcome::truncated);
  EXPECT_EQ(half.status, 0) << "only a complete response has a status";
  step("the blank line is missing");
  EXPECT_EQ(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n").what, outcome::truncated);
  step("the largest possible length: bytes are missing, however long the head is");
  const std::string most = std::to_string(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(answer_to("HTTP/1.1 200 OK\r\nContent-Length: " + most + "\r\n\r\nhello").what,
            outcome::truncated);
}

TEST(HttpClient, HalfAnErrorIsNoAnswerEither) {
  about("4.2",
        "A response that says 'no' is complete when its body has arrived, like any other. Its "
        "status alone is not an answer yet.");
  step("503, and the connection ends in the middle of the body");
  const answer half = answer_to("HTTP/1.1 503 No\r\nContent-Length: 5\r\n\r\nso");
  EXPECT_EQ(half.what, outcome::truncated);
  EXPECT_EQ(half.status, 0) << "only a complete response has a status";
}

TEST(HttpClient, MoreBytesThanTheLengthSaysDoNoHarm) {
  about("4.2",
        "A response is complete when at least as many bytes have arrived as Content-Length says. "
        "What a server sends beyond them belongs to no response.");
  step("one byte too many, in the same piece as the body");
  EXPECT_EQ(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!").what, outcome::ok);
}

TEST(HttpClient, WaitsForTheLastByte) {
  about("4.2",
        "All but one byte of the response is there, and the connection is open: the rest is still "
        "to come, so the client keeps reading.");
  gate last_byte;
  const scripted_server server([&](scripted_connection& client) {
    read_request(client);
    client.send(a_response.substr(0, a_response.size() - 1));
    last_byte.pass();
    client.send(a_response.substr(a_response.size() - 1));
  });
  step("a server sends all but the last byte: the client waits for more");
  answer result;
  background asking([&] { result = get(server.port()); });
  last_byte.wait_for_arrivals(1);
  // Two threads wait for events: the listener of the server, and the client.
  const auto waiting = [] {
    return std::ranges::count(read_thread_states(::getpid()), thread_activity::waiting_for_events,
                              &thread_state::activity);
  };
  ASSERT_TRUE(eventually([&] { return waiting() == 2; })) << "it does not wait for the last byte";
  step("the last byte comes: now the answer is complete");
  last_byte.open();
  EXPECT_EQ(asking.wait(), "");
  EXPECT_EQ(result.what, outcome::ok);
}

TEST(HttpClient, TellsTheStatus) {
  about("4.2", "An answer that says 'no' arrived, but is not a success: its status is counted.");
  const auto answer_with_status = [](int status) {
    return answer_to("HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: 0\r\n\r\n");
  };
  step("200, 201, 204: every status from 200 to 299 says 'yes'");
  for (const int status : {200, 201, 204}) {
    const answer good = answer_with_status(status);
    EXPECT_EQ(good.what, outcome::ok) << "status " << status;
    EXPECT_EQ(good.status, status);
  }
  step("301, 404, 503: every other status says 'no', even a redirection");
  for (const int status : {301, 404, 503}) {
    const answer bad = answer_with_status(status);
    EXPECT_EQ(bad.what, outcome::http_error) << "status " << status;
    EXPECT_EQ(bad.status, status);
  }
}

TEST(HttpClient, ReadsAResponseThatComesByteByByte) {
  about("4.2", "A stream has no message boundaries: one read is not one response.");
  const scripted_server server([](scripted_connection& client) {
    read_request(client);
    for (const char byte : a_response) client.send({&byte, 1});
  });
  step("a server sends one byte at a time, and each read gets just one");
  const capped_calls one_byte(io_call::recv, 1);
  EXPECT_EQ(get(server.port()).what, outcome::ok);
}

TEST(HttpClient, DoesNotWaitForTheEndOfTheConnection) {
  about("4.2",
        "The server keeps the connection open, and the client waits for it to end: both wait. "
        "Content-Length says when the response is complete.");
  step("a server answers and keeps the connection open");
  EXPECT_EQ(answer_on_open_connection(a_response).what, outcome::ok);
  step("the same with Content-Length: 0, which is a length too");
  EXPECT_EQ(answer_on_open_connection("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").what,
            outcome::ok);
}

TEST(HttpClient, WithoutALengthTheEndOfTheConnectionCompletesIt) {
  about("4.2", "RFC 9112 §6.3: without Content-Length, the body ends where the connection ends.");
  step("a response without Content-Length");
  EXPECT_EQ(answer_to("HTTP/1.0 200 OK\r\n\r\nhello").what, outcome::ok);
  step("the same, but the server resets the connection instead of ending it");
  const scripted_server server([](scripted_connection& client) {
    read_request(client);
    client.send("HTTP/1.0 200 OK\r\n\r\nhello");
    client.reset();
  });
  EXPECT_EQ(get(server.port()).what, outcome::reset)
      << "what came before the reset was taken for the whole response";
}

TEST(HttpClient, TheLastChunkCompletesIt) {
  about("4.2",
        "RFC 9112 §6.3: a body that comes in chunks is complete with its last chunk: not when the "
        "connection ends, and not before.");
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  step("two chunks and the last one, on a connection that stays open");
  EXPECT_EQ(answer_on_open_connection(head + "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n").what, outcome::ok);
  step("the connection ends inside a chunk, and between two chunks");
  EXPECT_EQ(answer_to(head + "5\r\nhel").what, outcome::truncated);
  EXPECT_EQ(answer_to(head + "5\r\nhello\r\n").what, outcome::truncated);
}

}  // namespace
}  // namespace workbook
