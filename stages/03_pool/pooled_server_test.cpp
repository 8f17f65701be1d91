#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <pooled_server.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/gate.hpp"
#include "harness/handlers.hpp"
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

using pooled = running_server<pooled_server>;

/// Adds a client that has sent `request`.
raw_client& connect(std::deque<raw_client>& clients, const pooled& server,
                    std::string_view request) {
  raw_client& client = clients.emplace_back(const_cast<pooled&>(server).port());
  client.send(request);
  return client;
}

/// What the log says about connection `number`, in its order.
std::vector<event_kind> events_of(const event_log& log, std::uint64_t number) {
  std::vector<event_kind> kinds;
  for (const auto& event : log.events()) {
    if (event.connection == number) kinds.push_back(event.kind);
  }
  return kinds;
}

TEST(PooledServer, SpeaksHttpAsEveryServerDoes) {
  about("3.8", "Status, headers and length of every response are the same in all stages.");
  gate held;
  held.open();
  pooled server(routes_with(held), pool_options{.workers = 2, .queue_capacity = 2});
  step("18 clients, one after the other, send the requests of a table");
  expect_http_contract(server.port());
}

TEST(PooledServer, ServesAsManyClientsAtOnceAsItHasWorkers) {
  about("3.8", "The acceptor hands each client to the pool and serves nobody itself.");
  gate held;
  pooled server(routes_with(held), pool_options{.workers = 2, .queue_capacity = 2});
  step("two clients send GET /sleep: both come inside");
  std::deque<raw_client> clients;
  for (int i = 0; i < 2; ++i) connect(clients, server, get_sleep);
  held.wait_for_arrivals(2);
  step("they are released and answered");
  held.open();
  for (raw_client& client : clients) EXPECT_TRUE(is_ok(client.read_to_end()));
}

TEST(PooledServer, HasHeadOfLineBlockingAgain) {
  about("3.8",
        "As many slow clients as there are workers block all others: three leave one worker for "
        "everybody else, four leave none.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 4, .queue_capacity = 10}, &log);
  std::deque<raw_client> slow;
  step("three of four workers sleep in /sleep; six clients send GET /fast: all are answered");
  for (int i = 0; i < 3; ++i) connect(slow, server, get_sleep);
  held.wait_for_arrivals(3);
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("the fourth worker sleeps too; six clients send GET /fast: all six wait in the queue");
  connect(slow, server, get_sleep);
  held.wait_for_arrivals(4);
  std::deque<raw_client> fast;
  for (int i = 0; i < 6; ++i) connect(fast, server, get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 16; }))
      << log.count(event_kind::queued) << " connections were queued, instead of 16";
  EXPECT_EQ(log.count(event_kind::started), 10u) << "a /fast was served although no worker is free";
  step("the four are released: everybody is answered");
  held.open();
  for (raw_client& client : slow) EXPECT_TRUE(is_ok(client.read_to_end()));
  for (raw_client& client : fast) EXPECT_TRUE(is_ok(client.read_to_end()));
}

TEST(PooledServer, AnswersBusyWhenTheQueueIsFull) {
  about("3.8", "A client for whom there is no room gets an answer (503), not just a closed door.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  std::deque<raw_client> clients;
  step("client 1 is with the worker, client 2 in the queue");
  connect(clients, server, get_sleep);
  held.wait_for_arrivals(1);
  connect(clients, server, get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }));
  step("client 3 reads 503 with Retry-After");
  const std::string response = ask(server.port(), get_fast);
  ASSERT_TRUE(response.starts_with("HTTP/1.1 503 ")) << "it has read '" << response << "'";
  EXPECT_NE(response.find("\r\nRetry-After: 1\r\n"), std::string::npos) << response;
  EXPECT_EQ(events_of(log, 3), (std::vector{event_kind::accepted, event_kind::rejected}));
  step("the worker goes on: clients 1 and 2 are answered, and so is client 4");
  held.open();
  for (raw_client& client : clients) EXPECT_TRUE(is_ok(client.read_to_end()));
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
}

TEST(PooledServer, RejectingDoesNotWaitForTheClient) {
  if (!io_probes_available()) GTEST_SKIP() << "this build cannot count calls";
  about("3.8",
        "The acceptor rejects clients itself: if it waits for one of them to read or to close, "
        "everybody waits. refused_connections never waits.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  std::deque<raw_client> clients;
  connect(clients, server, get_sleep);
  held.wait_for_arrivals(1);
  connect(clients, server, get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }));
  const auto pauses_before = timed_polls_made();
  step("client 3 is rejected; it neither sends nor reads, and keeps its socket open");
  raw_client rude(server.port());
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::rejected) == 1; }));
  step("client 4 is rejected meanwhile, and has read it");
  EXPECT_TRUE(ask(server.port(), get_fast).starts_with("HTTP/1.1 503 "));
  EXPECT_EQ(timed_polls_made(), pauses_before) << "the acceptor has waited for a client";
  step("client 3 can still read its refusal");
  EXPECT_TRUE(rude.read_to_end().starts_with("HTTP/1.1 503 "));
  held.open();
}

TEST(PooledServer, RejectingKeepsNoSocket) {
  about("3.8",
        "A rejected connection that nobody closes costs a descriptor, until there are none. It "
        "must be owned by an object, never by a number in a job that is thrown away.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  const std::size_t before = open_sockets();
  std::deque<raw_client> clients;
  connect(clients, server, get_sleep);
  held.wait_for_arrivals(1);
  connect(clients, server, get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }));
  step("20 clients are rejected, read it, and close");
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(is_ok(ask(server.port(), get_fast)));
  step("all others are answered; then the server has no more sockets than at first");
  held.open();
  for (raw_client& client : clients) EXPECT_TRUE(is_ok(client.read_to_end()));
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; })) << "a client still counts";
  EXPECT_EQ(open_sockets(), before) << "a socket is still open";
}

TEST(PooledServer, WaitsWhenThePolicySaysSo) {
  about("3.8",
        "With the policy `wait` nobody is rejected: the acceptor waits for room and accepts nobody "
        "meanwhile, so the surplus waits in the kernel.");
  gate held;
  event_log log;
  pooled server(routes_with(held),
                pool_options{.workers = 4, .queue_capacity = 2, .overload = overload_policy::wait},
                &log);
  std::deque<raw_client> clients;
  step("four clients are with the workers; six more connect");
  for (int i = 0; i < 4; ++i) connect(clients, server, get_sleep);
  held.wait_for_arrivals(4);
  for (int i = 0; i < 6; ++i) connect(clients, server, get_fast);
  step("two of the six are queued, one is in the acceptor's hand, three wait in the kernel");
  EXPECT_TRUE(eventually([&] {
    return log.count(event_kind::accepted) == 7 && waiting_in_backlog(server.port()) == 3;
  })) << log.count(event_kind::accepted)
      << " of 7 are accepted, " << waiting_in_backlog(server.port()) << " wait in the kernel";
  EXPECT_EQ(log.count(event_kind::queued), 6u);
  EXPECT_EQ(log.count(event_kind::rejected), 0u) << "a client was rejected";
  step("the workers go on: all ten are answered");
  held.open();
  for (raw_client& client : clients) EXPECT_TRUE(is_ok(client.read_to_end()));
}

TEST(PooledServer, RecordsTheLifeOfAConnection) {
  about("3.8", "Each connection is accepted, queued, started and finished, in this order.");
  gate held;
  held.open();
  event_log log;
  {
    pooled server(routes_with(held), pool_options{.workers = 2, .queue_capacity = 5}, &log);
    step("20 clients are served");
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  }
  step("the log has four events for each, in their order");
  const std::vector whole_life{event_kind::accepted, event_kind::queued, event_kind::started,
                               event_kind::finished};
  for (std::uint64_t number = 1; number <= 20; ++number) {
    ASSERT_EQ(events_of(log, number), whole_life) << "connection " << number;
  }
}

TEST(PooledServer, CountsConnections) {
  about("3.8", "A connection is active from accept to close: in the queue too, but not rejected.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  std::deque<raw_client> clients;
  step("one client is served, one waits, one is rejected");
  connect(clients, server, get_sleep);
  held.wait_for_arrivals(1);
  connect(clients, server, get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }));
  EXPECT_FALSE(is_ok(ask(server.port(), get_fast)));
  EXPECT_EQ(server.server().total(), 3u);
  EXPECT_TRUE(eventually([&] { return server.server().active() == 2; }))
      << server.server().active() << " are active, instead of 2";
  step("the two are answered: nobody is active");
  held.open();
  for (raw_client& client : clients) EXPECT_TRUE(is_ok(client.read_to_end()));
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; }));
}

TEST(PooledServer, GreetsWithTheWorkerThatServes) {
  about("3.8", "GET / names the thread that serves it.");
  gate held;
  pooled server(routes_with(held, greeting_from_this_worker),
                pool_options{.workers = 1, .queue_capacity = 1});
  step("GET / twice, with one worker: the same thread answers both");
  const std::string first = ask(server.port(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_NE(first.find("Hello from worker thread "), std::string::npos) << first;
  EXPECT_EQ(first.find(fmt::format("thread {} ", ::getpid())), std::string::npos)
      << "the main thread has served it";
  EXPECT_EQ(ask(server.port(), "GET / HTTP/1.1\r\n\r\n"), first);
}

TEST(PooledServer, AThrowingHandlerCostsOneConnection) {
  about("3.8", "A handler may throw anything: that ends its connection, not the worker.");
  event_log log;
  const auto handler = [](const http_request& request) -> http_response {
    if (request.path == "/sleep") throw std::runtime_error("the database is gone");
    if (request.path == "/") throw 42;
    return {200, "ok"};
  };
  pooled server(handler, pool_options{.workers = 1, .queue_capacity = 1}, &log);
  step("two clients whose handlers throw");
  EXPECT_EQ(ask(server.port(), get_sleep), "");
  EXPECT_EQ(ask(server.port(), "GET / HTTP/1.1\r\n\r\n"), "");
  step("the next is served, by the only worker that there is");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("the log says that two connections failed");
  server.stop();
  EXPECT_EQ(log.count(event_kind::failed), 2u);
}

}  // namespace
}  // namespace workbook
