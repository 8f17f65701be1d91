#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <pooled_server.hpp>
#include <stdexcept>
#include <string>
#include <system_error>

#include "01_single/server_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

using pooled = running_server<pooled_server>;

TEST(PooledServer, StopReachesSilentClients) {
  about("3.8",
        "Clients that never speak occupy the workers, and others wait behind them in the queue. A "
        "stop has to reach all of them: pass the stop token on to serve().");
  event_log log;
  pooled server(say_ok(), pool_options{.workers = 2, .queue_capacity = 10}, &log);
  const std::size_t sockets_before = open_sockets();
  step("two silent clients are with the workers, eight wait in the queue");
  std::deque<raw_client> silent;
  for (int i = 0; i < 10; ++i) silent.emplace_back(server.port());
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 10; }));
  step("a stop is requested: run() returns");
  EXPECT_EQ(server.stop(), "");
  EXPECT_EQ(server.server().active(), 0u);
  step("every connection is closed");
  silent.clear();
  EXPECT_EQ(open_sockets(), sockets_before);
}

TEST(PooledServer, RefusesNewClientsWhileItStops) {
  about("3.8",
        "While the last jobs run, nobody is accepted any more: a client that connects then is "
        "refused at once. Pass the stop token to accept().");
  gate held;
  pooled server(routes_with(held), pool_options{.workers = 1, .queue_capacity = 1});
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

TEST(PooledServer, StopAnswersWhatWasAccepted) {
  about("3.8",
        "Accepted means it will be served: a stop ends only the accepting, and run() returns when "
        "the queue is empty and every worker has finished.");
  gate held;
  event_log log;
  std::atomic<bool> returned = false;
  pooled_server server(tcp_listener("127.0.0.1", 0), routes_with(held),
                       {.workers = 1, .queue_capacity = 3}, &log);
  std::stop_source stop;
  background running([&] {
    server.run(stop.get_token());
    returned = true;
  });
  step("a client is held inside; three have sent their requests and wait in the queue");
  raw_client first(server.port());
  first.send(get_sleep);
  held.wait_for_arrivals(1);
  std::deque<raw_client> waiting;
  for (int i = 0; i < 3; ++i) waiting.emplace_back(server.port()).send(get_fast);
  ASSERT_TRUE(eventually([&] { return log.count(event_kind::queued) == 4; }));
  step("a stop is requested: run() waits");
  stop.request_stop();
  // The worker sleeps in the gate, and run() where it joins.
  ASSERT_TRUE(eventually([&] { return returned || threads_waiting_on_futex() == 2; }));
  if (returned) fail_now("run() returned while a handler was running");
  step("the worker goes on: all four are answered, and run() returns");
  held.open();
  EXPECT_TRUE(is_ok(first.read_to_end()));
  for (raw_client& client : waiting) EXPECT_TRUE(is_ok(client.read_to_end()));
  EXPECT_EQ(running.wait(), "");
}

TEST(PooledServer, StopReachesAnAcceptorThatWaitsForRoom) {
  about("3.8",
        "With the policy `wait` the acceptor may be waiting for room when the stop comes. It gets "
        "room, because the stop also ends the waiting for the clients that occupy the workers.");
  event_log log;
  pooled server(say_ok(),
                pool_options{.workers = 1, .queue_capacity = 1, .overload = overload_policy::wait},
                &log);
  step("silent clients: one with the worker, one in the queue, one still with the acceptor");
  std::deque<raw_client> silent;
  for (int i = 0; i < 3; ++i) silent.emplace_back(server.port());
  ASSERT_TRUE(eventually(
      [&] { return log.count(event_kind::accepted) == 3 && threads_waiting_on_futex() == 1; }));
  step("a stop is requested: run() returns");
  EXPECT_EQ(server.stop(), "");
  EXPECT_EQ(server.server().active(), 0u);
}

TEST(PooledServer, StopMayComeFromAHandler) {
  about("3.8",
        "Any thread may request a stop, even a worker: it must not end up waiting for itself.");
  std::stop_source stop;
  pooled_server server(tcp_listener("127.0.0.1", 0),
                       [&](const http_request&) {
                         stop.request_stop();
                         return http_response{200, "bye"};
                       },
                       {.workers = 2, .queue_capacity = 1});
  background running([&] { server.run(stop.get_token()); });
  step("a client's handler requests the stop, then answers");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("run() returns");
  EXPECT_EQ(running.wait(), "");
}

TEST(PooledServer, SaysThatThereIsNoThread) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("3.4",
        "When the system refuses a worker, run() throws before it has accepted anybody, and leaves "
        "no thread behind.");
  const std::size_t before = thread_count();
  pooled_server server(tcp_listener("127.0.0.1", 0), say_ok(), {.workers = 4, .queue_capacity = 1});
  const thread_probes::fail_thread_creation third(3);
  step("the third worker is refused: run() throws");
  EXPECT_THROW(server.run({}), std::system_error);
  step("no thread is left");
  EXPECT_TRUE(eventually([&] { return thread_count() == before; }));
}

TEST(PooledServer, NeedsAWorkerAndAQueue) {
  about("3.8",
        "A server without workers, or without a queue, cannot serve anybody: run() has to throw.");
  step("no workers; no room in the queue");
  const auto run_with = [](pool_options options) {
    pooled_server(tcp_listener("127.0.0.1", 0), say_ok(), options).run({});
  };
  EXPECT_THROW(run_with({.workers = 0}), std::invalid_argument);
  EXPECT_THROW(run_with({.queue_capacity = 0}), std::invalid_argument);
}

}  // namespace
}  // namespace workbook
