// What happens to clients for whom no worker is free, and what the server says about it.
#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <pooled_server.hpp>
#include <string>

#include "01_single/server_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

using pooled = running_server<pooled_server>;

/// What the log says about connection `number`, in order: "accepted queued ".
std::string events_of(const event_log& log, std::uint64_t number) {
  std::string kinds;
  for (const auto& event : log.events()) {
    if (event.connection == number) kinds += std::string(to_string(event.kind)) + " ";
  }
  return kinds;
}

TEST(PooledServer, AnswersBusyWhenTheQueueIsFull) {
  about("3.8",
        "A client for whom there is no room gets an answer (503), not just a closed connection.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  std::deque<raw_client> clients;
  step("client 1 is with the worker, client 2 in the queue");
  add_client(clients, server.port(), get_sleep);
  held.wait_for_arrivals(1);
  add_client(clients, server.port(), get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }));
  step("client 3 reads the whole of busy_response(), and then the connection ends");
  const auto before = thread_probes::counts();
  const std::string response = ask(server.port(), get_fast);
  EXPECT_TRUE(response == to_bytes(busy_response())) << "the client has read '" << response << "'";
  EXPECT_EQ(thread_probes::counts().sleeps, before.sleeps) << "it was not answered at once";
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
  add_client(clients, server.port(), get_sleep);
  held.wait_for_arrivals(1);
  add_client(clients, server.port(), get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }));
  const auto pauses_before = timed_polls_made();
  step("client 3 is rejected; it neither sends nor reads, and keeps its socket open");
  raw_client rude(server.port());
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::rejected) == 1; }));
  step("meanwhile client 4 is rejected, and reads its refusal");
  EXPECT_TRUE(ask(server.port(), get_fast).starts_with("HTTP/1.1 503 "));
  EXPECT_EQ(timed_polls_made(), pauses_before) << "the acceptor waited for a client";
  step("client 3 can still read its refusal");
  EXPECT_TRUE(rude.read_to_end().starts_with("HTTP/1.1 503 "));
  held.open();
}

TEST(PooledServer, RejectingResetsNobody) {
  about("3.8",
        "The request of a rejected client may still be on its way. Bytes that reach a closed "
        "socket are answered with a reset, and that can destroy the 503: refused_connections keeps "
        "the socket until the client has closed its end.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  std::deque<raw_client> clients;
  add_client(clients, server.port(), get_sleep);
  held.wait_for_arrivals(1);
  add_client(clients, server.port(), get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }));
  const std::size_t before = open_sockets();
  step("client 3 has sent nothing yet; it is rejected, and reads its refusal to the end");
  raw_client slow(server.port());
  while (!slow.read_some().empty()) {
  }
  step("the server's end of that connection is still open, for what the client may still send");
  EXPECT_EQ(open_sockets(), before + 2) << "the server closed it at once";
  held.open();
}

TEST(PooledServer, RejectingKeepsNoSocket) {
  about("3.8",
        "A rejected connection that nobody closes costs a descriptor, until there are none left. "
        "An object must own it, not a bare number in a job that is thrown away; and run() must "
        "call refused_connections' sweep() before each client.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  const std::size_t before = open_sockets();
  std::deque<raw_client> clients;
  add_client(clients, server.port(), get_sleep);
  held.wait_for_arrivals(1);
  add_client(clients, server.port(), get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }));
  step("20 clients are rejected, read their refusal, and close; another stays for a while");
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(is_ok(ask(server.port(), get_fast)));
  raw_client rude(server.port());
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::rejected) == 21; }));
  step(
      "it closes too, and all others are answered; then the server has as many sockets as at "
      "first");
  rude.close();
  held.open();
  for (raw_client& client : clients) EXPECT_TRUE(is_ok(client.read_to_end()));
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; }))
      << "a client is still counted";
  EXPECT_EQ(open_sockets(), before) << "a socket is still open";
}

TEST(PooledServer, WaitsWhenThePolicySaysSo) {
  about("3.8",
        "With the policy `wait` nobody is rejected: the acceptor waits for room and accepts nobody "
        "meanwhile, so further clients wait in the kernel.");
  gate held;
  event_log log;
  pooled server(routes_with(held),
                pool_options{.workers = 4, .queue_capacity = 2, .overload = overload_policy::wait},
                &log);
  std::deque<raw_client> clients;
  step("four clients are with the workers; six more connect");
  for (std::size_t i = 1; i <= 4; ++i) {
    add_client(clients, server.port(), get_sleep);
    held.wait_for_arrivals(i);
  }
  for (int i = 0; i < 6; ++i) add_client(clients, server.port(), get_fast);
  step("two of the six are queued, one is still with the acceptor, three wait in the kernel");
  EXPECT_TRUE(eventually([&] {
    return log.count(event_kind::rejected) > 0 ||
           (log.count(event_kind::accepted) == 7 && waiting_in_backlog(server.port()) == 3);
  })) << log.count(event_kind::accepted)
      << " of 7 are accepted, " << waiting_in_backlog(server.port()) << " wait in the kernel";
  EXPECT_EQ(log.count(event_kind::rejected), 0u) << "a client was rejected";
  EXPECT_EQ(log.count(event_kind::queued), 6u);
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
  for (std::uint64_t number = 1; number <= 20; ++number) {
    ASSERT_EQ(events_of(log, number), "accepted queued started finished ") << "of " << number;
  }
}

TEST(PooledServer, RecordsAClientThatWaits) {
  about("3.8",
        "The log has to show that a client waits in the queue while it is waiting. The worker "
        "comes too late for that: admit() records the client when the pool has accepted its job.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  std::deque<raw_client> clients;
  step("client 1 is with the worker; client 2 waits in the queue, and is recorded as `queued`");
  add_client(clients, server.port(), get_sleep);
  held.wait_for_arrivals(1);
  add_client(clients, server.port(), get_fast);
  EXPECT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }))
      << "it waits, and the log does not say so";
  step("the worker goes on: both are answered");
  held.open();
  for (raw_client& client : clients) EXPECT_TRUE(is_ok(client.read_to_end()));
}

TEST(PooledServer, RecordsARejectedClient) {
  about("3.8",
        "A rejected client was never in the queue. Only the pool's answer tells you whether to "
        "record a client as `queued` or as `rejected`: ask first, then record.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  std::deque<raw_client> clients;
  step("client 1 is with the worker, client 2 in the queue, client 3 is rejected");
  add_client(clients, server.port(), get_sleep);
  held.wait_for_arrivals(1);
  add_client(clients, server.port(), get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 2; }));
  add_client(clients, server.port(), get_fast);
  EXPECT_FALSE(is_ok(clients.back().read_to_end()));
  step("the log says so");
  EXPECT_EQ(events_of(log, 3), "accepted rejected ");
  held.open();
}

TEST(PooledServer, CountsConnections) {
  about("3.8",
        "A connection is active from accept to close: in the queue too, but not once it is "
        "rejected.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1}, &log);
  std::deque<raw_client> clients;
  step("one client is served, one waits, one is rejected");
  add_client(clients, server.port(), get_sleep);
  held.wait_for_arrivals(1);
  add_client(clients, server.port(), get_fast);
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

}  // namespace
}  // namespace workbook
