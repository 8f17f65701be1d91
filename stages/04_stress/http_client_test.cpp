#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <http_client.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "harness/background.hpp"
#include "harness/gate.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/scripted_server.hpp"
#include "harness/story.hpp"
#include "net/tcp_listener.hpp"
#include "support/thread_states.hpp"

namespace workbook {
namespace {

using namespace harness;

// No deadline; and one that has passed: whatever would have to be waited for is too late.
constexpr auto no_deadline = timed_stream::time_point::max();
constexpr auto at_once = timed_stream::time_point::min();

answer get(std::uint16_t port, timed_stream::time_point deadline = no_deadline) {
  return http_client("127.0.0.1", port, "/fast").get(deadline);
}

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
        "nobody reads. Success is a complete response, nothing else.");
  const tcp_listener never_accepts("127.0.0.1", 0);
  step("a listener that never calls accept(): the request times out");
  EXPECT_EQ(get(never_accepts.port(), at_once).what, outcome::timed_out);
}

TEST(HttpClient, AServerThatClosesHasNotAnswered) {
  about("4.2", "The end of the connection before the response is complete: truncated.");
  step("a server reads the request, and closes");
  EXPECT_EQ(answer_to("").what, outcome::truncated);
}

TEST(HttpClient, HalfAResponseIsNoAnswer) {
  about("4.2",
        "Content-Length says how many bytes belong to the body. The last one missing is as bad as "
        "all of them.");
  step("one byte of the body is missing");
  const answer half = answer_to("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell");
  EXPECT_EQ(half.what, outcome::truncated);
  EXPECT_EQ(half.status, 0) << "only a complete response has a status";
  step("the blank line is missing");
  EXPECT_EQ(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n").what, outcome::truncated);
  step("the largest length that there is: bytes are missing, however long the head is");
  const std::string most = std::to_string(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(answer_to("HTTP/1.1 200 OK\r\nContent-Length: " + most + "\r\n\r\nhello").what,
            outcome::truncated);
}

TEST(HttpClient, HalfAnErrorIsNoAnswerEither) {
  about("4.2",
        "A response that says 'no' is complete when its body has arrived, like every other. Its "
        "status alone is no answer yet.");
  step("503, and the connection ends within the body");
  const answer half = answer_to("HTTP/1.1 503 No\r\nContent-Length: 5\r\n\r\nso");
  EXPECT_EQ(half.what, outcome::truncated);
  EXPECT_EQ(half.status, 0) << "only a complete response has a status";
}

TEST(HttpClient, MoreBytesThanTheLengthSaysDoNoHarm) {
  about("4.2",
        "A response is complete when as many bytes have arrived as Content-Length says: at least "
        "as many. What a server sends beyond them belongs to no response.");
  step("one byte too many, in the same piece as the body");
  EXPECT_EQ(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!").what, outcome::ok);
}

TEST(HttpClient, WaitsForTheLastByte) {
  about("4.2",
        "All but one byte of the response is there, and the connection is open: the rest is still "
        "to come, so the client goes on reading.");
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
  step("the last byte comes: now it is an answer");
  last_byte.open();
  EXPECT_EQ(asking.wait(), "");
  EXPECT_EQ(result.what, outcome::ok);
}

TEST(HttpClient, TellsTheStatus) {
  about("4.2", "An answer that says 'no' came through, and is no success: its status is counted.");
  const auto answer_with_status = [](int status) {
    return answer_to("HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: 0\r\n\r\n");
  };
  step("200, 201, 204: all from 200 to 299 say 'yes'");
  for (const int status : {200, 201, 204}) {
    const answer good = answer_with_status(status);
    EXPECT_EQ(good.what, outcome::ok) << "status " << status;
    EXPECT_EQ(good.status, status);
  }
  step("301, 404, 503: all others say 'no', a redirection too");
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
  step("a server sends one byte at a time, and one is all that each read gets");
  const capped_calls one_byte(io_call::recv, 1);
  EXPECT_EQ(get(server.port()).what, outcome::ok);
}

TEST(HttpClient, DoesNotWaitForTheEndOfTheConnection) {
  about("4.2",
        "The server keeps the connection open, and the client waits for its end: both wait. "
        "Content-Length tells when the response is complete.");
  step("a server answers and keeps the connection open");
  EXPECT_EQ(answer_on_open_connection(a_response).what, outcome::ok);
  step("the same with Content-Length: 0, which is a length as well");
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
      << "what came before the end was taken for the whole response";
}

TEST(ResponseHead, SaysHowManyBytesFollow) {
  about("", "RFC 9110 §5.5: the blank behind the colon may be missing, or there may be several.");
  const auto length_of = [](const std::string& field) {
    return parse_head("HTTP/1.1 200 OK\r\n" + field + "\r\n\r\n")->content_length;
  };
  step("a length, with and without blanks before it");
  for (const std::string field : {"Content-Length: 5", "content-length:5", "Content-Length: \t5"}) {
    EXPECT_EQ(length_of(field), 5u) << field;
  }
  step("none");
  EXPECT_EQ(length_of("Content-Type: text/plain"), std::nullopt);
  means("RFC 9112 §6.3: 204 and 304 end with their head, whatever stands in it.");
  for (const std::string status : {"204", "304"}) {
    step("a response without a body");
    EXPECT_EQ(parse_head("HTTP/1.1 " + status + " x\r\n\r\n")->content_length, 0u) << status;
  }
}

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
