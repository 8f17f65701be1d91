#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <single_server.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/background.hpp"
#include "harness/gate.hpp"
#include "harness/http_contract.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/requests.hpp"
#include "harness/running_server.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

/// A handler whose /sleep waits in `held` until the test opens it.
request_handler routes_with(gate& held) {
  return make_routes({.greeting = [] { return "hello"; },
                      .sleep_time = std::chrono::milliseconds(5000),
                      .sleep = [&held](auto) { held.pass(); }});
}

request_handler say_ok() {
  return [](const http_request&) { return http_response{200, "ok"}; };
}

TEST(SingleServer, SpeaksHttpAsEveryServerDoes) {
  about("1.5", "Status, headers and length of every response are the same in all stages.");
  gate held;
  held.open();
  running_server<single_server> server(routes_with(held));
  step("18 clients, one after the other, send the requests of a table");
  expect_http_contract(server.port());
}

TEST(SingleServer, ServesOneClientAfterTheOther) {
  about("1.5", "After a client has been served, the server accepts the next: it is a loop.");
  event_log log;
  running_server<single_server> server(say_ok(), &log);
  for (int client = 1; client <= 3; ++client) {
    step("client " + std::to_string(client) + " sends a request and reads its answer");
    EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  }
  step("the log has numbered them 1, 2, 3");
  server.stop();
  std::vector<std::uint64_t> accepted;
  for (const auto& event : log.events()) {
    if (event.kind == event_kind::accepted) accepted.push_back(event.connection);
  }
  EXPECT_EQ(accepted, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST(SingleServer, ASlowRequestBlocksEverybodyElse) {
  about("1.5",
        "One connection at a time is the contract of this stage: while /sleep runs, nobody else is "
        "even accepted. A thread for each client comes in stage 02.");
  gate held;
  event_log log;
  running_server<single_server> server(routes_with(held), &log);
  step("client 1 sends GET /sleep and is held inside");
  raw_client slow(server.port());
  slow.send(get_sleep);
  held.wait_for_arrivals(1);
  step("clients 2 and 3 connect and send GET /fast: both wait in the kernel's queue");
  raw_client second(server.port());
  second.send(get_fast);
  raw_client third(server.port());
  third.send(get_fast);
  EXPECT_TRUE(eventually([&] { return waiting_in_backlog(server.port()) == 2; }))
      << waiting_in_backlog(server.port()) << " of 2 clients wait to be accepted";
  EXPECT_EQ(log.count(event_kind::accepted), 1u);
  step("client 1 is released; all three are answered");
  held.open();
  EXPECT_TRUE(is_ok(slow.read_to_end()));
  EXPECT_TRUE(is_ok(second.read_to_end()));
  EXPECT_TRUE(is_ok(third.read_to_end()));
  step("in the order in which they connected, each finished before the next was accepted");
  server.stop();
  std::string order;
  for (const auto& event : log.events()) {
    if (event.kind == event_kind::accepted) order += "a" + std::to_string(event.connection);
    if (event.kind == event_kind::finished) order += "f" + std::to_string(event.connection);
  }
  EXPECT_EQ(order, "a1f1a2f2a3f3");
}

TEST(SingleServer, SurvivesAClientThatResets) {
  about(
      "1.5",
      "Reading from and writing to a client that has gone throws. That costs this connection, not "
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
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("the log says that connection 1 failed, and why");
  server.stop();
  EXPECT_EQ(log.count(event_kind::failed), 1u);
}

TEST(SingleServer, SurvivesAClientThatCloses) {
  if (!io_probes_available()) GTEST_SKIP() << "send cannot be probed in this build";
  about("1.5",
        "A client that has closed answers the first write with a reset; the second write raises "
        "SIGPIPE, unless send is told not to (MSG_NOSIGNAL). One client must not end the server.");
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
        "the connection, and the port, stays taken for as long as that program runs.");
  event_log log;
  running_server<single_server> server(say_ok(), &log);
  step("a client has been accepted");
  raw_client client(server.port());
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::accepted) == 1; }));
  step("every socket of the process is close-on-exec");
  EXPECT_EQ(sockets_kept_on_exec(), 0u);
}

TEST(SingleServer, SurvivesAHandlerThatThrows) {
  about("1.5", "An exception out of the handler costs that connection, not the server.");
  event_log log;
  const auto handler = [](const http_request& request) -> http_response {
    if (request.path == "/sleep") throw std::runtime_error("the database is gone");
    return {200, "ok"};
  };
  running_server<single_server> server(handler, &log);
  step("client 1's handler throws: the connection ends without a response");
  EXPECT_EQ(ask(server.port(), get_sleep), "");
  step("client 2 is served");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("the log says that connection 1 failed, and why");
  server.stop();
  std::string reason;
  for (const auto& event : log.events()) {
    if (event.kind == event_kind::failed) reason = event.note;
  }
  EXPECT_EQ(reason, "the database is gone");
}

TEST(SingleServer, StopsWhileItWaitsForAClient) {
  about("1.5", "A stop must reach a server that waits in accept: hand it the stop token.");
  running_server<single_server> server(say_ok());
  step("one client is served, so the server waits for the next");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("a stop is requested: run() returns");
  EXPECT_EQ(server.stop(), "");
}

TEST(SingleServer, StopsWhileAClientIsSilent) {
  about("1.5", "A stop must reach a server that waits for a silent client's request.");
  event_log log;
  running_server<single_server> server(say_ok(), &log);
  step("a client connects and says nothing");
  raw_client silent(server.port());
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::accepted) == 1; }));
  step("a stop is requested: run() returns");
  EXPECT_EQ(server.stop(), "");
}

TEST(SingleServer, AnswersTheRequestItHasReadBeforeItStops) {
  about("1.5", "A stop ends waiting, not work: the client whose request was read gets its answer.");
  gate held;
  running_server<single_server> server(routes_with(held));
  step("a client sends GET /sleep and is held inside");
  raw_client client(server.port());
  client.send(get_sleep);
  held.wait_for_arrivals(1);
  step("a stop is requested, then the handler goes on");
  server.request_stop();
  held.open();
  EXPECT_TRUE(is_ok(client.read_to_end()));
  step("run() returns");
  EXPECT_EQ(server.stop(), "");
}

TEST(SingleServer, ClosesEveryConnection) {
  about("1.5",
        "Each path out of a connection must close it: an answer, an error, no request at all. "
        "tcp_stream closes when it is destroyed; does each path destroy it?");
  running_server<single_server> server(say_ok());
  const std::size_t before = open_sockets();
  step("ten clients each: a good request, a bad one, none at all, a reset");
  for (int i = 0; i < 10; ++i) {
    (void)ask(server.port(), get_fast);
    (void)ask(server.port(), "nonsense\r\n\r\n");
    raw_client(server.port()).close();
    raw_client(server.port()).reset();
  }
  step("one more client is served, so all others are done");
  (void)ask(server.port(), get_fast);
  EXPECT_TRUE(eventually([&] { return open_sockets() == before; }))
      << open_sockets() << " sockets are open; before there were " << before;
}

TEST(SingleServer, GoesOnWhenAcceptFailsForOneClient) {
  if (!io_probes_available()) GTEST_SKIP() << "accept cannot be probed in this build";
  about("1.5",
        "accept reports errors of one client that gave up (ECONNABORTED, EPROTO) or of a signal "
        "(EINTR): the next accept may succeed, so the loop goes on.");
  for (const int error : {ECONNABORTED, EINTR, EPROTO}) {
    step(std::string("the next accept fails: ") + std::strerror(error));
    const failing_calls accept(io_call::accept, error);
    running_server<single_server> server(say_ok());
    EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
    EXPECT_EQ(accept.left(), 0) << "accept was called";
  }
}

TEST(SingleServer, PausesWhenDescriptorsRunOut) {
  if (!io_probes_available()) GTEST_SKIP() << "accept cannot be probed in this build";
  about(
      "1.5",
      "EMFILE: no descriptor is free, and the client stays in the queue, so accept fails again at "
      "once. Trying again without a pause is a busy loop that takes a whole core.");
  const failing_calls no_descriptor(io_call::accept, EMFILE, 3);
  const limited_calls few(io_call::accept, 50, "accept was called more than 50 times in a row");
  running_server<single_server> server(say_ok());
  step("accept fails three times because no descriptor is free; then the client is served");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
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
    EXPECT_TRUE(is_ok(client.read_to_end()));
  }
  step("another server listens on the same port");
  EXPECT_NO_THROW(tcp_listener("127.0.0.1", port));
}

TEST(SingleServer, TwoServersHaveTwoPorts) {
  about("1.5", "Port 0 means: any free one; port() tells which. No port is written in the code.");
  running_server<single_server> first(say_ok());
  running_server<single_server> second(say_ok());
  step("two servers run at the same time");
  EXPECT_NE(first.port(), second.port());
  EXPECT_TRUE(is_ok(ask(first.port(), get_fast)));
  EXPECT_TRUE(is_ok(ask(second.port(), get_fast)));
}

}  // namespace
}  // namespace workbook
