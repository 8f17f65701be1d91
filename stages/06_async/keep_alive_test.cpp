#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "01_single/http_contract_fixture.hpp"
#include "06_async/async_server_fixture.hpp"
#include "async/coroutine_frame.hpp"
#include "harness/io_probes.hpp"
#include "harness/raw_client.hpp"
#include "harness/sanitizers.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "support/os_thread_id.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

using served = running_server<async_server>;

TEST(KeepAlive, AnswersManyRequestsOnOneConnection) {
  about("6.8", "An answer is not the end of a connection: the next request may follow.");
  served server(say_ok_at_once(), patient());
  keeping_client client(server.port());
  step("one client asks five times, each time when it has its answer");
  for (int i = 0; i < 5; ++i) {
    client.send(get_fast_again);
    const std::string answer = client.next_answer();
    EXPECT_TRUE(says_ok(answer)) << answer;
    EXPECT_EQ(understood(answer).field("connection"), "keep-alive");
  }
  EXPECT_EQ(server.server().total(), 1u) << "the connection was not kept";
}

TEST(KeepAlive, AnswersRequestsThatComeTogether) {
  about("6.8",
        "A client may send its next request before it has the answer to the last. What is read may "
        "hold several: each is answered, and in order. Bytes behind a request begin the next.");
  served server(say_ok_at_once(), patient());
  keeping_client client(server.port());
  step("a client sends three requests, and half of a fourth, in one piece");
  client.send(
      "GET /fast HTTP/1.1\r\n\r\nGET /nowhere HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGET /fa");
  EXPECT_TRUE(says_ok(client.next_answer()));
  EXPECT_TRUE(client.next_answer().starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(says_ok(client.next_answer()));
  step("the rest of the fourth comes");
  client.send("st HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(says_ok(client.next_answer()));
}

TEST(KeepAlive, LetsOthersHaveTheirTurn) {
  about(
      "6.8",
      "A client sends a thousand requests at once. Between two answers all others have their turn, "
      "or one client has the loop for itself.");
  gate thread_held;
  std::size_t answered = 0;  // by the loop's thread, as the next
  std::size_t before_the_other = 0;
  const auto handler = [&](event_loop&, const http_request& request) {
    if (request.path == "/") thread_held.pass();
    if (request.path == "/fast") ++answered;
    if (request.path == "/other") before_the_other = answered;
    return says(request);
  };
  {
    served server(handler, patient());
    step("a client sends a thousand requests at once; the loop's thread is held in the first");
    std::string many = "GET / HTTP/1.1\r\n\r\n";
    for (int i = 0; i < 1000; ++i) many += get_fast_again;
    keeping_client greedy(server.port());
    greedy.send(many);
    thread_held.wait_for_arrivals(1);
    step("another client connects and asks, and the thread goes on");
    keeping_client other(server.port());
    other.send("GET /other HTTP/1.1\r\n\r\n");
    thread_held.open();
    EXPECT_TRUE(other.next_answer().starts_with("HTTP/1.1 404 "));
    for (int i = 0; i < 1001; ++i) EXPECT_TRUE(says_ok(greedy.next_answer()));
  }
  step("the other had its answer long before the thousandth");
  EXPECT_LE(before_the_other, 50U);
}

TEST(KeepAlive, ReadsARequestInAnyPieces) {
  about("6.8", "A request that comes byte by byte is one request.");
  served server(say_ok_at_once(), patient());
  keeping_client client(server.port());
  step("a client sends each byte for itself, twice the same request");
  for (int i = 0; i < 2; ++i) {
    for (const char byte : get_fast_again) client.send(std::string(1, byte));
    EXPECT_TRUE(says_ok(client.next_answer()));
  }
}

TEST(KeepAlive, SpeaksHttpAsEveryServerDoes) {
  about("6.8", "Status, fields and length of every response are those of the other stages.");
  served server(all_routes(), patient());
  step("clients send the requests of a table, and say that they will send no other");
  for (exchange_row row : exchanges()) {
    row.fields += "Connection: close\r\n";
    expect_response(row, ask(server.port(), row.request_line + "\r\n" + row.fields + "\r\n"));
  }
}

TEST(KeepAlive, EndsWhenTheClientWishesIt) {
  about("6.8",
        "`Connection: close`, and HTTP/1.0 without `keep-alive`, mean that no other request will "
        "come: the answer says `close` too, and the connection ends.");
  served server(say_ok_at_once(), patient());
  for (const std::string request :
       {"GET /fast HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /fast HTTP/1.0\r\n\r\n",
        "GET /fast HTTP/1.1\r\nConnection: x, Close\r\n\r\n"}) {
    step("a client sends " + request.substr(0, request.find('\r')) + " and waits for the end");
    const std::string answer = ask(server.port(), request);
    EXPECT_TRUE(says_ok(answer)) << answer;
    EXPECT_EQ(understood(answer).field("connection"), "close");
  }
  step("HTTP/1.0 with keep-alive goes on");
  keeping_client client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send("GET /fast HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    EXPECT_EQ(understood(client.next_answer()).field("connection"), "keep-alive");
  }
}

TEST(KeepAlive, ABodyNobodyWantsEndsTheConnection) {
  about(
      "6.8",
      "Nobody reads the body of a request, so what follows is no request: the answer is the last, "
      "and the client can still read it although its body is on its way.");
  served server(say_ok_at_once(), patient());
  step("a client sends a body that looks like a request");
  const std::string answer =
      ask(server.port(),
          "POST /fast HTTP/1.1\r\nContent-Length: 27\r\n\r\nGET /secret HTTP/1.1\r\n\r\n    ");
  EXPECT_EQ(understood(answer).field("connection"), "close");
  EXPECT_EQ(answer.find("404"), std::string::npos)
      << "the body was taken for a request: " << answer;
}

TEST(KeepAlive, GarbageBehindARequestCostsTheConnection) {
  about("6.8",
        "The good request is answered, the garbage behind it with 400, and that is the end.");
  served server(say_ok_at_once(), patient());
  keeping_client client(server.port());
  step("a request, and garbage behind it, in one piece");
  client.send("GET /fast HTTP/1.1\r\n\r\n\x16\x03\x01 garbage");
  EXPECT_TRUE(says_ok(client.next_answer()));
  EXPECT_TRUE(client.next_answer().starts_with("HTTP/1.1 400 "));
  EXPECT_EQ(client.rest(), "");
}

TEST(KeepAlive, AnEndInsideARequestIsABadRequest) {
  about("6.8",
        "A stream that ends before the blank line was no request: 400. No byte: nothing at all.");
  served server(say_ok_at_once(), patient());
  step("one client sends half a request and finishes; another sends nothing");
  raw_client half(server.port());
  half.send("GET /fast HT");
  half.finish_sending();
  EXPECT_TRUE(half.read_to_end().starts_with("HTTP/1.1 400 "));
  raw_client silent(server.port());
  silent.finish_sending();
  EXPECT_EQ(silent.read_to_end(), "");
}

TEST(KeepAlive, SendsAnAnswerInOnePiece) {
  if (!io_probes_available()) GTEST_SKIP() << "calls are not probed in this build";
  about("6.8",
        "Two system calls a request: one recv, one send. A read before each answer that finds "
        "nothing, "
        "or a head and a body that are sent apart, cost a third; the latter up to 40 ms as well.");
  served server(say_ok_at_once(), patient());
  keeping_client client(server.port());
  step("a client is warm: it has been answered once");
  client.send(get_fast_again);
  EXPECT_TRUE(says_ok(client.next_answer()));
  const auto sends = calls_made(io_call::send);
  const auto receives = calls_made(io_call::recv);
  const auto waits = calls_made(io_call::epoll_wait);
  step("it asks fifty times");
  for (int i = 0; i < 50; ++i) {
    client.send(get_fast_again);
    EXPECT_TRUE(says_ok(client.next_answer()));
  }
  EXPECT_EQ(calls_made(io_call::send) - sends, 50u) << "an answer is one send";
  EXPECT_LE(calls_made(io_call::recv) - receives, 52u) << "a request is one recv";
  EXPECT_LE(calls_made(io_call::epoll_wait) - waits, 103u)
      << "the loop looks more often than it must";
}

TEST(KeepAlive, NeedsNoMemoryForARequest) {
  if (!after_allocation::available()) GTEST_SKIP() << after_allocation::unavailable_reason();
  about(
      "6.8",
      "A warm connection needs next to no memory from the system: the frames of its coroutines are "
      "kept in store, and its strings keep what they have. With 10 000 of them, little is much.");
  std::atomic<std::uint64_t> counted = 0;
  std::atomic<bool> counting = false;
  std::uint64_t frames = 0;
  const auto handler = [&](event_loop&, const http_request& request) {
    frames = frames_made();  // on the loop's thread
    return says(request);
  };
  served server(handler, patient());
  keeping_client client(server.port());
  step("a client is warm: it has been answered twice");
  for (int i = 0; i < 2; ++i) {
    client.send(get_fast_again);
    EXPECT_TRUE(says_ok(client.next_answer()));
  }
  const long mine = os_thread_id();
  const after_allocation each([&] {
    if (counting && os_thread_id() != mine) ++counted;
  });
  step("it asks ten times");
  const std::uint64_t frames_before = frames;
  counting = true;
  for (int i = 0; i < 10; ++i) {
    client.send(get_fast_again);
    EXPECT_TRUE(says_ok(client.next_answer()));
  }
  counting = false;
  // The last request's frames are not among those that its own handler has seen. A turn of the loop
  // may take memory, too: a loop that takes its batch out whole needs a list for it.
  const auto of_frames = (frames - frames_before) * 11 / 10 + 2;
  EXPECT_LE(counted, of_frames + 40)
      << "a request takes more than four pieces of memory beside its frames";
}

TEST(KeepAlive, KeepsLittleOfAnIdleConnection) {
  if (allocated_bytes() == 0) GTEST_SKIP() << "only AddressSanitizer counts the bytes";
  about(
      "6.8",
      "A connection that waits for its next request is a frame or two, a stream, and the bytes of "
      "half a request: well below 4 KiB here, and a few hundred bytes in a release build. A buffer "
      "of its own would be many times that, for each of ten thousand clients.");
  served server(say_ok_at_once(), patient());
  std::deque<keeping_client> clients;
  const auto connect = [&](int count) {
    for (int i = 0; i < count; ++i) {
      clients.emplace_back(server.port()).send(get_fast_again);
      EXPECT_TRUE(says_ok(clients.back().next_answer()));
    }
  };
  step("64 clients are answered and stay: whatever is made once has been made");
  connect(64);
  const std::size_t before = allocated_bytes();
  step("64 others come");
  connect(64);
  const std::size_t each = (allocated_bytes() - before) / 64;
  EXPECT_LT(each, 4096u) << "bytes of memory, for each client that says nothing";
}

TEST(KeepAlive, LimitsTheTimeOfARequestNotOfAByte) {
  about("6.8",
        "A client that sends a byte now and then would keep its connection for ever if each byte "
        "began "
        "a new deadline. The deadline of a request begins with its first byte: 408 in the end.");
  async_options options;
  options.limits.head = 0ms;  // over as soon as it begins
  served server(say_ok_at_once(), options);
  step("a client sends half a request, whose time is over at once");
  raw_client client(server.port());
  client.send("GET /fa");
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 408 "));
}

TEST(KeepAlive, LeavesAnIdleClientWithoutAWord) {
  about("6.8", "A client that asks for nothing for too long is left: there is nothing to answer.");
  async_options options;
  options.limits.idle = 0ms;
  served server(say_ok_at_once(), options);
  step("a client connects and is silent, and the time for that is over at once");
  raw_client client(server.port());
  EXPECT_EQ(client.read_to_end(), "");
}

}  // namespace
}  // namespace workbook
