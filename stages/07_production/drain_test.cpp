#include <gtest/gtest.h>

#include <deque>
#include <stop_token>
#include <string>
#include <vector>

#include "07_production/production_fixture.hpp"
#include "async/coroutine_frame.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {
namespace {

using namespace harness;

using served = running_server<production_server>;

TEST(Drain, AnswersWhoIsInTheQueueAtTheEndOfTheGrace) {
  about("7.5",
        "The kernel has accepted a client before the server does. When the server stops listening, "
        "those in the queue are still accepted, and answered: closing the listener would reset "
        "them.");
  gate thread_held;  // holds the loop's thread itself, as no handler should
  const auto handler = [&](event_loop&, const http_request& request) {
    if (request.path == "/") thread_held.pass();
    return says(request);
  };
  served server(handler, without_limits());
  step("the loop's thread is held in a handler; ten clients connect and ask");
  keeping_client first(server.port());
  first.send("GET / HTTP/1.1\r\n\r\n");
  thread_held.wait_for_arrivals(1);
  std::deque<keeping_client> waiting;
  for (int i = 0; i < 10; ++i) waiting.emplace_back(server.port()).send(get_fast_again);
  ASSERT_TRUE(eventually([&] { return waiting_in_backlog(server.port()) == 10; }));
  step("a stop is requested, with a grace of 0, and the thread goes on: all are answered");
  server.request_stop();
  thread_held.open();
  EXPECT_EQ(status_of(first.next_answer()), 200);
  for (keeping_client& client : waiting) EXPECT_EQ(status_of(client.next_answer()), 200);
}

TEST(Drain, LeavesTheIdleAndAnswersTheOthers) {
  about("7.5",
        "At the end of the grace who is idle is left, who is at work is answered, with `close`. "
        "Afterwards no socket and no frame is left.");
  const std::size_t sockets = open_sockets();
  const auto frames = live_frames();
  {
    async_gate held;
    served server(routes_with(held), without_limits());
    step("one client was answered and is idle, one is at work");
    keeping_client idle(server.port());
    idle.send(get_fast_again);
    EXPECT_EQ(status_of(idle.next_answer()), 200);
    keeping_client at_work(server.port());
    at_work.send(get_sleep_again);
    held.wait_for_arrivals(1);
    step("a stop is requested: the idle one is left without a word");
    server.request_stop();
    EXPECT_EQ(idle.rest(), "");
    step("the other goes on, and is answered");
    held.open();
    const std::string answer = at_work.next_answer();
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_EQ(understood(answer).field("connection"), "close");
    at_work.raw().close();
    EXPECT_EQ(server.stop(), "");
    EXPECT_EQ(server.server().state(), server_state::stopped);
  }
  EXPECT_EQ(live_frames(), frames) << "frames are left";
  EXPECT_TRUE(eventually([&] { return open_sockets() == sockets; })) << "sockets are left open";
}

TEST(Drain, EveryLoopDrains) {
  about("7.5",
        "Each loop has its own listener and its own clients: all of them come to their end.");
  async_gate held;
  production_options options = without_limits();
  options.loops = 3;
  const std::size_t threads = thread_count();
  served server(routes_with(held), options);
  step("sixty clients are idle, on three loops; twelve are at work");
  std::deque<keeping_client> idle;
  for (int i = 0; i < 60; ++i) idle.emplace_back(server.port()).send(get_fast_again);
  for (keeping_client& client : idle) EXPECT_EQ(status_of(client.next_answer()), 200);
  std::deque<keeping_client> at_work;
  for (int i = 0; i < 12; ++i) at_work.emplace_back(server.port()).send(get_sleep_again);
  held.wait_for_arrivals(12);
  step("a stop is requested");
  server.request_stop();
  for (keeping_client& client : idle) EXPECT_EQ(client.rest(), "");
  held.open();
  for (keeping_client& client : at_work) {
    EXPECT_EQ(status_of(client.next_answer()), 200);
    client.raw().close();
  }
  EXPECT_EQ(server.stop(), "");
  EXPECT_TRUE(eventually([&] { return thread_count() == threads; }));
}

TEST(Drain, SaysInTheLogWhatItDoes) {
  about("7.5", "Who looks at the log later sees when it became ready, drained, and had stopped.");
  event_log log;
  {
    served server(say_ok_at_once(), without_limits(), &log);
    EXPECT_EQ(status_of(asked(server.port(), "/fast")), 200);
    step("a stop is requested");
    EXPECT_EQ(server.stop(), "");
  }
  std::vector<std::string> states;
  for (const server_event& event : log.events()) {
    if (event.kind == event_kind::state) states.push_back(event.note);
  }
  EXPECT_EQ(states, (std::vector<std::string>{"ready", "draining", "stopped"}));
}

TEST(Drain, AStopBeforeItRunsIsAStop) {
  about("7.5", "A stop may come before run(): then there is nobody to serve, and it returns.");
  production_server server(tcp_listener("127.0.0.1", 0), say_ok_at_once(), without_limits());
  std::stop_source stop;
  stop.request_stop();
  step("run() is called with a stop that has been requested");
  server.run(stop.get_token());
  EXPECT_EQ(server.state(), server_state::stopped);
}

}  // namespace
}  // namespace workbook
