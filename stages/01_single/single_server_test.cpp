#include <fmt/format.h>
#include <gtest/gtest.h>

#include <single_server.hpp>
#include <string>
#include <string_view>
#include <system_error>

#include "01_single/http_contract_fixture.hpp"
#include "01_single/server_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {
namespace {

using namespace harness;

/// "accepted 1, finished 1, ": what the log says, in its order.
std::string order_of(const event_log& log) {
  std::string order;
  for (const auto& event : log.events()) {
    if (event.kind == event_kind::accepted) order += fmt::format("accepted {}, ", event.connection);
    if (event.kind == event_kind::finished) order += fmt::format("finished {}, ", event.connection);
  }
  return order;
}

constexpr std::string_view one_after_the_other =
    "accepted 1, finished 1, accepted 2, finished 2, accepted 3, finished 3, ";

constexpr std::string_view after_a_stop =
    "A stop must reach a server that waits in accept(): pass it the stop token, and leave the loop "
    "when it returns nothing. Then there is no connection to serve.";

TEST(SingleServer, SpeaksHttpAsEveryServerDoes) {
  about("1.5", "Status, headers and length of every response are the same in all stages.");
  gate held;
  held.open();
  running_server<single_server> server(routes_with(held));
  step("clients, one after the other, send the requests of a table");
  expect_http_contract(server.port());
}

TEST(SingleServer, ServesOneClientAfterTheOther) {
  about("1.5", "After a client has been served, the server accepts the next: it is a loop.");
  event_log log;
  running_server<single_server> server(say_ok(), &log);
  for (int client = 1; client <= 3; ++client) {
    step("client " + std::to_string(client) + " sends a request and reads its answer");
    ASSERT_TRUE(is_ok(ask(server.port(), get_fast)));
  }
  means(after_a_stop);
  step("a stop is requested: run() returns");
  server.stop();
  step("the log has their numbers, and each was finished before the next was accepted");
  means("Clients are numbered from 1, and each is served to the end before the next one.");
  EXPECT_EQ(order_of(log), one_after_the_other);
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
  for (raw_client* client : {&slow, &second, &third}) {
    ASSERT_TRUE(is_ok(client->read_to_end()));
  }
  step(
      "they were served in the order in which they connected, each finished before the next was "
      "accepted");
  server.stop();
  EXPECT_EQ(order_of(log), one_after_the_other);
}

TEST(SingleServer, StopsWhileItWaitsForAClient) {
  about("1.5", after_a_stop);
  running_server<single_server> server(say_ok());
  const std::size_t sockets_before = open_sockets();
  step("one client is served and leaves: the server waits for the next");
  ASSERT_TRUE(is_ok(ask(server.port(), get_fast)));
  ASSERT_TRUE(eventually([&] {
    return open_sockets() <= sockets_before && some_thread_is(thread_activity::waiting_for_events);
  })) << "it does not wait in accept()";
  step("a stop is requested: run() returns");
  EXPECT_EQ(server.stop(), "");
}

TEST(SingleServer, StopsWhileAClientIsSilent) {
  about("1.5", "A stop must reach a server that waits for the request of a silent client.");
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
  ASSERT_TRUE(is_ok(client.read_to_end()));
  step("run() returns");
  EXPECT_EQ(server.stop(), "");
}

TEST(SingleServer, RefusesNewClientsWhileItStops) {
  about("1.5",
        "A client that connects after the stop waits for a server that will never accept it, and "
        "is reset in the end. accept() with the stop token lets the listener refuse such clients "
        "at once.");
  gate held;
  running_server<single_server> server(routes_with(held));
  step("client 1 sends GET /sleep and is held inside; a stop is requested");
  raw_client client(server.port());
  client.send(get_sleep);
  held.wait_for_arrivals(1);
  server.request_stop();
  step("client 2 is refused, although client 1 is still inside");
  EXPECT_THROW((void)tcp_stream::connect("127.0.0.1", server.port()), std::system_error);
  step("client 1 is answered");
  held.open();
  EXPECT_TRUE(is_ok(client.read_to_end()));
}

TEST(SingleServer, TwoServersHaveTwoPorts) {
  about("1.5",
        "Port 0 means any free port. port() says which one it is; the kernel gives its bytes in "
        "network order (ntohs). Don't write a port into the code.");
  step("two servers run at the same time, each on a port of its own");
  running_server<single_server> first(say_ok());
  running_server<single_server> second(say_ok());
  ASSERT_NE(first.port(), second.port());
  step("a client connects to port() of each, and is served");
  EXPECT_TRUE(is_ok(ask(first.port(), get_fast)));
  EXPECT_TRUE(is_ok(ask(second.port(), get_fast)));
}

TEST(SingleServer, CanBeReachedFromThisMachineOnly) {
  about("1.5",
        "A server that listens on 127.0.0.1 can't be reached from the network. Bound to INADDR_ANY "
        "(0.0.0.0), it would be reachable at every address that this machine has.");
  running_server<single_server> server(say_ok());
  step("a client connects to 127.0.0.1 and is served");
  ASSERT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("nobody listens on 127.0.0.2, another address of this machine");
  EXPECT_THROW((void)tcp_stream::connect("127.0.0.2", server.port()), std::system_error);
}

}  // namespace
}  // namespace workbook
