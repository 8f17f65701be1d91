#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <deque>
#include <pooled_server.hpp>
#include <stdexcept>
#include <string>

#include "01_single/http_contract_fixture.hpp"
#include "01_single/server_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {
namespace {

using namespace harness;

using pooled = running_server<pooled_server>;

TEST(PooledServer, SpeaksHttpAsEveryServerDoes) {
  about("3.8", "Status, headers and length of every response are the same in all stages.");
  gate held;
  held.open();
  pooled server(routes_with(held), pool_options{.workers = 2, .queue_capacity = 2});
  step("clients, one after the other, send the requests of a table");
  expect_http_contract(server.port());
}

TEST(PooledServer, ServesAsManyClientsAtOnceAsItHasWorkers) {
  about("3.8", "The acceptor hands each client to the pool and serves nobody itself.");
  gate held;
  pooled server(routes_with(held), pool_options{.workers = 2, .queue_capacity = 2});
  step("two clients send GET /sleep: both come inside");
  std::deque<raw_client> clients;
  for (int i = 0; i < 2; ++i) add_client(clients, server.port(), get_sleep);
  held.wait_for_arrivals(2);
  step("they are released and answered");
  held.open();
  for (raw_client& client : clients) EXPECT_TRUE(is_ok(client.read_to_end()));
}

TEST(PooledServer, HasHeadOfLineBlockingAgain) {
  about("3.8",
        "When there are as many slow clients as workers, they block all others: three leave one "
        "worker for everybody else, four leave none.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 4, .queue_capacity = 10}, &log);
  std::deque<raw_client> slow;
  step("three of four workers sleep in /sleep; six clients send GET /fast: all are answered");
  for (int i = 0; i < 3; ++i) add_client(slow, server.port(), get_sleep);
  held.wait_for_arrivals(3);
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("the fourth worker sleeps too; six clients send GET /fast: all six wait in the queue");
  add_client(slow, server.port(), get_sleep);
  held.wait_for_arrivals(4);
  std::deque<raw_client> fast;
  for (int i = 0; i < 6; ++i) add_client(fast, server.port(), get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 16; }))
      << log.count(event_kind::queued) << " connections were queued, instead of 16";
  EXPECT_EQ(log.count(event_kind::started), 10u) << "a /fast was served although no worker is free";
  step("the four are released: everybody is answered");
  held.open();
  for (raw_client& client : slow) EXPECT_TRUE(is_ok(client.read_to_end()));
  for (raw_client& client : fast) EXPECT_TRUE(is_ok(client.read_to_end()));
}

TEST(PooledServer, TheJobOwnsWhatItNeeds) {
  about("3.8",
        "The job runs later, on another thread, after admit() has returned: what it captures by "
        "reference is gone by then. It needs a share of the session, and so does admit(), which "
        "still has to record it or refuse it.");
  gate held;
  event_log log;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 2}, &log);
  std::deque<raw_client> clients;
  step("the worker is held; the jobs of two other clients wait in the queue");
  add_client(clients, server.port(), get_sleep);
  held.wait_for_arrivals(1);
  for (int i = 0; i < 2; ++i) add_client(clients, server.port(), get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 3; }));
  step("the worker goes on and does them: all three clients are answered");
  held.open();
  for (raw_client& client : clients) EXPECT_TRUE(is_ok(client.read_to_end()));
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
      << "the main thread served it";
  const std::string second = ask(server.port(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(understood(second).body, understood(first).body);  // their heads have dates
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
  step("the next client is served, by the only worker that there is");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("the log says that two connections failed");
  server.stop();
  EXPECT_EQ(log.count(event_kind::failed), 2u);
}

}  // namespace
}  // namespace workbook
