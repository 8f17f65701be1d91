#include <gtest/gtest.h>

#include <cerrno>
#include <deque>
#include <stdexcept>
#include <string>
#include <system_error>

#include "06_async/async_server_fixture.hpp"
#include "async/coroutine_frame.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

using served = running_server<async_server>;

TEST(AsyncServer, NeedsALoopAndRoomForAClient) {
  about("", "A server with nothing to run on, or room for nobody, is a mistake of the caller.");
  EXPECT_THROW(async_server(tcp_listener("127.0.0.1", 0), say_ok_at_once(), {.loops = 0}),
               std::invalid_argument);
  EXPECT_THROW(async_server(tcp_listener("127.0.0.1", 0), say_ok_at_once(), {.max_connections = 0}),
               std::invalid_argument);
}

TEST(AsyncServer, ServesOthersWhileManySleep) {
  about(
      "6.7",
      "A coroutine that sleeps keeps no thread: as many clients as there are may sleep, and others "
      "are served meanwhile, all by one thread.");
  async_gate held;
  served server(routes_with(held), patient());
  const std::size_t threads = thread_count();
  step("two hundred clients send GET /sleep: all are inside at once");
  std::deque<raw_client> slow;
  for (int i = 0; i < 200; ++i)
    add_client(slow, server.port(), "GET /sleep HTTP/1.1\r\nConnection: close\r\n\r\n");
  held.wait_for_arrivals(200);
  EXPECT_EQ(thread_count(), threads) << "threads were started for them";
  step("six clients send GET /fast: all are answered");
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(says_ok(ask(server.port(), get_fast_once)));
  step("the two hundred go on: all are answered");
  held.open();
  for (raw_client& client : slow) EXPECT_TRUE(says_ok(client.read_to_end()));
}

TEST(AsyncServer, AcceptsAllWhoCameTogether) {
  about("6.7",
        "One event stands for all who have connected since the last: so the queue is emptied until "
        "nobody is there, or the others wait for a client that may never come.");
  gate thread_held;
  const auto handler = [&](event_loop&, const http_request& request) {
    if (request.path == "/") thread_held.pass();
    return says(request);
  };
  served server(handler, patient());
  step("the loop's thread is held in a handler, while twenty clients connect and ask");
  keeping_client first(server.port());
  first.send("GET / HTTP/1.1\r\n\r\n");
  thread_held.wait_for_arrivals(1);
  std::deque<keeping_client> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(server.port()).send(get_fast_again);
  step("it goes on: all twenty are answered");
  thread_held.open();
  for (keeping_client& client : clients) EXPECT_TRUE(says_ok(client.next_answer()));
  step("nobody is left in the kernel's queue");
  EXPECT_EQ(waiting_in_backlog(server.port()), 0u);
}

TEST(AsyncServer, AThrowingHandlerCostsOneConnection) {
  about(
      "6.7",
      "A handler may throw before its first suspension or after it: that ends its connection, not "
      "the loop, which serves all the others.");
  event_log log;
  async_gate held;
  held.open();
  const auto handler = [&held](event_loop& loop, const http_request& request) {
    if (request.path == "/") throw std::runtime_error("at once");
    return says_when_open(held, loop, request);
  };
  const auto throws_late = [](event_loop& loop, const http_request& request) {
    return [](event_loop& on, const http_request& asked) -> task<http_response> {
      if (asked.path == "/sleep") {
        const wait_result slept = co_await on.sleep_until(on.now());
        if (slept != wait_result::ready) throw 42;
      }
      if (asked.path == "/now") throw std::runtime_error("now");
      co_return http_response{200, "ok"};
    }(loop, request);
  };
  step(
      "a handler that throws before it is a coroutine at all, one in its first line, one later, a "
      "number");
  {
    served server(handler, patient(), &log);
    EXPECT_EQ(ask(server.port(), "GET / HTTP/1.1\r\n\r\n"), "");
    EXPECT_TRUE(says_ok(ask(server.port(), get_fast_once)));
  }
  {
    served server(throws_late, patient(), &log);
    EXPECT_EQ(ask(server.port(), "GET /now HTTP/1.1\r\n\r\n"), "");
    EXPECT_EQ(ask(server.port(), "GET /sleep HTTP/1.1\r\n\r\n"), "");
    step("the next client is served");
    EXPECT_TRUE(says_ok(ask(server.port(), get_fast_once)));
  }
  EXPECT_EQ(log.count(event_kind::failed), 3u);
  EXPECT_EQ(live_frames(), 0);
}

TEST(AsyncServer, TurnsAwayOneTooMany) {
  about("6.7",
        "With as many connections as it may have, the server tells the next one to come back.");
  async_gate held;
  event_log log;
  served server(routes_with(held), async_options{.max_connections = 2}, &log);
  step("two clients are inside; the third gets 503");
  std::deque<keeping_client> inside;
  for (int i = 0; i < 2; ++i) inside.emplace_back(server.port()).send(get_sleep_again);
  held.wait_for_arrivals(2);
  EXPECT_TRUE(ask(server.port(), get_fast_once).starts_with("HTTP/1.1 503 "));
  step("one leaves: there is room again, also after many were turned away");
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(ask(server.port(), get_fast_once).starts_with("HTTP/1.1 503 "));
  }
  held.open();
  EXPECT_TRUE(says_ok(inside.front().next_answer()));
  inside.pop_front();
  ASSERT_TRUE(eventually([&] { return server.server().active() == 1; }));
  EXPECT_TRUE(says_ok(ask(server.port(), get_fast_once)));
}

TEST(AsyncServer, GoesOnWhenDescriptorsRunOut) {
  if (!io_probes_available()) GTEST_SKIP() << "calls are not probed in this build";
  about("6.7",
        "With no descriptor left a client stays in the queue, and no event will tell of it again: "
        "only "
        "time can help. The loop goes on, does not spin, and accepts when there is one.");
  served server(say_ok_at_once(), patient());
  EXPECT_TRUE(says_ok(ask(server.port(), get_fast_once)));
  step("accept fails three times with EMFILE while a client waits");
  const limited_calls few(io_call::accept, 60, "the server asks for a descriptor again and again");
  const failing_calls none(io_call::accept, EMFILE, 3);
  const auto sleeps = thread_probes::counts().sleeps;
  EXPECT_TRUE(says_ok(ask(server.port(), get_fast_once)));
  EXPECT_EQ(none.left(), 0);
  step("meanwhile a coroutine has slept, and no thread");
  EXPECT_EQ(thread_probes::counts().sleeps, sleeps)
      << "the loop's thread has slept, and everybody on it had to wait";
}

TEST(AsyncServer, SleepsWhenNobodyAsks) {
  if (!io_probes_available()) GTEST_SKIP() << "calls are not probed in this build";
  about("6.6", "Open connections that say nothing cost nothing: the loop sleeps.");
  served server(say_ok_at_once(), patient());
  std::deque<keeping_client> clients;
  step("ten clients have been answered and stay connected");
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(server.port()).send(get_fast_again);
    EXPECT_TRUE(says_ok(clients.back().next_answer()));
  }
  const limited_calls few(io_call::epoll_wait, 20, "the loop wakes again and again for nothing");
  step("one of them resets its connection, another finishes");
  clients[0].raw().reset();
  clients[1].raw().finish_sending();
  ASSERT_TRUE(eventually([&] { return server.server().active() == 8; }))
      << server.server().active() << " connections are left instead of 8";
}

TEST(AsyncServer, AResetBehindTheLastAnswerIsNoFailure) {
  about("6.7",
        "A client has its whole answer, which was the last, and resets the connection instead of "
        "closing it. Nothing is owed to it any more: the log says `finished`, and nothing behind.");
  event_log log;
  served server(say_ok_at_once(), patient(), &log);
  step("a client reads its last answer, and resets");
  keeping_client client(server.port());
  client.send(get_fast_once);
  EXPECT_TRUE(says_ok(client.next_answer()));
  client.raw().reset();
  ASSERT_TRUE(eventually([&] { return server.server().active() == 0; }));
  EXPECT_EQ(log.count(event_kind::finished), 1u);
  EXPECT_EQ(log.count(event_kind::failed), 0u);
}

TEST(AsyncServer, AnswersWhoIsInTheQueueWhenAStopComes) {
  about(
      "6.7",
      "The kernel has accepted a client before the server does. A stop must not lose it: those who "
      "are in the queue are still accepted, and answered if they have asked.");
  gate thread_held;  // holds the loop's thread itself, as no handler should
  const auto handler = [&](event_loop&, const http_request& request) {
    if (request.path == "/") thread_held.pass();
    return says(request);
  };
  served server(handler, patient());
  step("the loop's thread is held in a handler; ten clients connect and ask");
  keeping_client first(server.port());
  first.send("GET / HTTP/1.1\r\n\r\n");
  thread_held.wait_for_arrivals(1);
  std::deque<keeping_client> waiting;
  for (int i = 0; i < 10; ++i) waiting.emplace_back(server.port()).send(get_fast_again);
  ASSERT_TRUE(eventually([&] { return waiting_in_backlog(server.port()) == 10; }));
  step("a stop is requested, and the thread goes on: all are answered");
  server.request_stop();
  thread_held.open();
  EXPECT_TRUE(says_ok(first.next_answer()));
  for (keeping_client& client : waiting) EXPECT_TRUE(says_ok(client.next_answer()));
}

TEST(AsyncServer, LeavesSilentClientsAtAStop) {
  about(
      "6.7",
      "Clients that are silent do not hold up a stop; what has been asked is answered first, with "
      "`close`. Afterwards no descriptor and no frame is left.");
  const std::size_t sockets = open_sockets();
  const auto frames = live_frames();
  {
    async_gate held;
    served server(routes_with(held), patient());
    step("one client is silent, one was answered and is idle, one has sent half, one is asleep");
    raw_client silent(server.port());
    keeping_client idle(server.port());
    idle.send(get_fast_again);
    EXPECT_TRUE(says_ok(idle.next_answer()));
    raw_client half(server.port());
    half.send("GET /fast");
    wait_until_received(get_fast_again.size() + 9);
    keeping_client asleep(server.port());
    asleep.send(get_sleep_again);
    held.wait_for_arrivals(1);
    step("a stop is requested: all but the sleeper are left");
    server.request_stop();
    EXPECT_EQ(silent.read_to_end(), "");
    EXPECT_EQ(idle.rest(), "");
    EXPECT_EQ(half.read_to_end(), "");
    step("the sleeper goes on, and is answered: it was promised");
    held.open();
    const std::string answer = asleep.next_answer();
    EXPECT_TRUE(says_ok(answer)) << answer;
    EXPECT_EQ(understood(answer).field("connection"), "close");
    asleep.raw().close();
    EXPECT_EQ(server.stop(), "");
  }
  EXPECT_EQ(live_frames(), frames) << "frames are left";
  EXPECT_TRUE(eventually([&] { return open_sockets() == sockets; })) << "sockets are left open";
}

TEST(AsyncServer, RunsOneLoopOnEachThread) {
  about("6.7", "Each loop has its own listener on the same port; together they serve everybody.");
  async_gate held;
  const std::size_t threads = thread_count();
  served server(routes_with(held), async_options{.loops = 3});
  step("sixty clients ask, and are answered by three threads");
  std::deque<keeping_client> clients;
  for (int i = 0; i < 60; ++i) clients.emplace_back(server.port()).send(get_fast_again);
  for (keeping_client& client : clients) EXPECT_TRUE(says_ok(client.next_answer()));
  EXPECT_EQ(thread_count(), threads + 3);
  EXPECT_EQ(server.server().active(), 60u);
  step("a stop ends all three");
  EXPECT_EQ(server.stop(), "");
  EXPECT_TRUE(eventually([&] { return thread_count() == threads; }));
}

TEST(AsyncServer, LeavesNoThreadBehindWhenOneIsRefused) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("6.7", "The system refuses the second thread: run() throws, and none is left.");
  const std::size_t threads = thread_count();
  async_server server(tcp_listener("127.0.0.1", 0), say_ok_at_once(), {.loops = 3});
  const thread_probes::fail_thread_creation second(2);
  EXPECT_THROW(server.run({}), std::system_error);
  EXPECT_TRUE(eventually([&] { return thread_count() == threads; }));
}

}  // namespace
}  // namespace workbook
