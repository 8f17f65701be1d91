#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <naive_server.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "01_single/server_fixture.hpp"
#include "02_naive/settled_server_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"
#include "support/os_thread_id.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(NaiveServer, AThrowingHandlerCostsOneConnection) {
  about(
      "2.3",
      "An exception that leaves a thread's function calls std::terminate: the whole process dies, "
      "with all its clients.");
  event_log log;
  const auto handler = [](const http_request& request) -> http_response {
    if (request.path == "/sleep") throw std::runtime_error("the database is gone");
    return {200, "ok"};
  };
  running_server<naive_server> server(handler, &log);
  step("client 1's handler throws: its connection ends without a response");
  EXPECT_EQ(ask(server.port(), get_sleep), "");
  step("client 2 is served");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("the log says that connection 1 failed, and why");
  means("Whoever catches an exception must pass on what it said: here, record it as `failed`.");
  server.stop();
  std::string reason;
  for (const auto& event : log.events()) {
    if (event.kind == event_kind::failed) reason = event.note;
  }
  EXPECT_NE(reason.find("the database is gone"), std::string::npos)
      << "the exception was swallowed; the log says: '" << reason << "'";
}

TEST(NaiveServer, EachFailureHasItsOwnNumber) {
  about("2.3",
        "Many threads run serve() at the same time. A static variable in it belongs to all of "
        "them: what one thread keeps there, the next one overwrites.");
  gate held;
  event_log log;
  const auto handler = [&](const http_request&) -> http_response {
    held.pass();
    throw std::runtime_error("the database is gone");
  };
  running_server<naive_server> server(handler, &log);
  step("two clients are inside at the same time");
  raw_client first(server.port());
  first.send(get_fast);
  raw_client second(server.port());
  second.send(get_fast);
  held.wait_for_arrivals(2);
  step("both handlers throw: the log says that connections 1 and 2 failed");
  held.open();
  EXPECT_EQ(first.read_to_end() + second.read_to_end(), "");
  server.stop();
  std::multiset<std::uint64_t> failed;
  for (const auto& event : log.events()) {
    if (event.kind == event_kind::failed) failed.insert(event.connection);
  }
  EXPECT_EQ(failed, (std::multiset<std::uint64_t>{1, 2}));
}

TEST(NaiveServer, RefusesNewClientsWhileItStops) {
  about("2.4",
        "While the last handlers run, nobody is accepted any more: a client that connects then is "
        "refused at once. Pass the stop token to accept().");
  gate held;
  running_server<naive_server> server(routes_with(held));
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

TEST(NaiveServer, AHandlerMayThrowAnything) {
  about("2.3", "C++ throws values of any type; only catch (...) catches them all.");
  event_log log;
  const auto handler = [](const http_request&) -> http_response { throw 42; };
  running_server<naive_server> server(handler, &log);
  step("a handler throws the number 42");
  EXPECT_EQ(ask(server.port(), get_fast), "");
  step("the log says that the connection failed");
  server.stop();
  EXPECT_EQ(log.count(event_kind::failed), 1u);
}

/// Ends the test unless run(), on this thread, waits for the handler that the test holds, and does
/// nothing else.
void expect_run_to_join(long thread, const std::atomic<bool>& returned) {
  const auto sleeps = [] { return thread_probes::counts().sleeps; };
  const auto sleeps_before = sleeps();
  const auto looks_again = [&] { return sleeps() > sleeps_before; };
  const bool settled = eventually([&] {
    return returned || looks_again() || activity_of(thread) == thread_activity::waiting_on_futex;
  });
  if (returned) fail_now("run() returned while a handler was running");
  if (!settled || looks_again()) fail_now("run() keeps checking in a loop; a join just waits");
}

TEST(NaiveServer, RunReturnsWhenNoHandlerIsLeft) {
  about("2.4",
        "Threads that outlive run() use a server that may be gone: run() must wait for them, so "
        "they must be joined, not detached.");
  gate held;
  std::atomic<bool> returned = false;
  naive_server server(tcp_listener("127.0.0.1", 0), routes_with(held));
  std::atomic<long> thread = 0;
  std::stop_source stop;
  background running([&] {
    thread = os_thread_id();
    server.run(stop.get_token());
    returned = true;
  });
  step("a client is held inside; a stop is requested: run() waits for the handler");
  raw_client client(server.port());
  client.send(get_sleep);
  held.wait_for_arrivals(1);
  stop.request_stop();
  expect_run_to_join(thread, returned);
  step("the handler goes on, the client gets its answer, run() returns");
  held.open();
  EXPECT_TRUE(is_ok(client.read_to_end()));
  running.wait();
}

TEST(NaiveServer, StopMayComeFromAHandler) {
  about("2.4",
        "Any thread may request a stop, even a handler's: the stop_callbacks run on that thread. A "
        "callback that joins the threads makes the handler's thread join itself.");
  std::stop_source stop;
  naive_server server(tcp_listener("127.0.0.1", 0), [&](const http_request&) {
    // What the acceptor does for this client is done when it waits for the next.
    (void)eventually([] { return some_thread_is(thread_activity::waiting_for_events); });
    stop.request_stop();
    return http_response{200, "bye"};
  });
  background running([&] { server.run(stop.get_token()); });
  step("a client's handler requests the stop, then answers");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("run() returns");
  EXPECT_EQ(running.wait(), "");
}

TEST(NaiveServer, StopReachesSilentClients) {
  about(
      "2.4",
      "A client that says nothing may stay for hours. If you join a thread that is still serving "
      "before the server has been told to stop, you wait for that client, and nobody is accepted.");
  const std::size_t threads_before = thread_count();
  running_server<naive_server> server(say_ok());
  const std::size_t sockets_before = open_sockets();
  step("20 clients connect and say nothing");
  std::deque<raw_client> silent;
  for (int client = 0; client < 20; ++client) silent.emplace_back(server.port());
  ASSERT_TRUE(eventually([&] { return server.server().active() == 20; }))
      << server.server().active() << " connections are active";
  step("a stop is requested: run() returns");
  means(
      "Waiting for handlers must not mean waiting for clients that may never speak: pass the stop "
      "token on to serve_connection.");
  EXPECT_EQ(server.stop(), "");
  EXPECT_EQ(server.server().active(), 0u);
  step("every connection is closed, every thread has ended");
  means("When run() has returned, nothing may be left of any connection.");
  silent.clear();
  EXPECT_LE(open_sockets(), sockets_before);
  EXPECT_TRUE(eventually([&] { return thread_count() <= threads_before; }))
      << thread_count() << " threads exist now, " << threads_before << " existed before";
}

constexpr std::string_view stacks_pile_up =
    "A thread that has ended but was not joined keeps its stack: a server that joins only at the "
    "end collects the stacks of all its past clients. And a thread cannot join itself.";

/// Lets 10 clients be served, each on a thread that has ended before the next client comes.
/// `others` is how many threads there are beside those.
void serve_10_clients(std::uint16_t port, std::size_t others) {
  for (int client = 1; client <= 10; ++client) {
    ASSERT_TRUE(is_ok(ask(port, get_fast)));
    ASSERT_TRUE(eventually([&] { return thread_count() <= others; }))
        << "the thread of client " << client << " has not ended";
  }
}

/// Ends the test unless the threads that have finished are joined, except for the last two: one may
/// end when the next client has already been accepted.
void expect_8_of_10_to_be_joined(const thread_probes::call_counts& before) {
  const auto joined = [&] { return thread_probes::counts().joined - before.joined; };
  EXPECT_TRUE(eventually([&] { return joined() >= 8; }))
      << joined() << " of 10 threads have been joined";
}

TEST(NaiveServer, DetachesNoThread) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.4",
        "A detached thread cannot be joined. A counter that it counts down only says that it is "
        "nearly done; its last steps, after the counter, still use the server, which may be gone "
        "by then. Only a join tells you that a thread has ended.");
  running_server<naive_server> server(say_ok());
  step("a client is served");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  server.stop();
  EXPECT_EQ(thread_probes::counts().detached, 0) << "threads were detached: nobody can join them";
}

TEST(NaiveServer, JoinsFinishedThreadsWhileItRuns) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.4", stacks_pile_up);
  running_server<naive_server> server(say_ok());
  let_settle(server, "2.3");
  const auto before = thread_probes::counts();
  step("10 more clients are served, each after the thread of the one before has ended");
  ASSERT_NO_FATAL_FAILURE(serve_10_clients(server.port(), thread_count()));
  step("while the server still runs, all but the last few have been joined");
  expect_8_of_10_to_be_joined(before);
}

TEST(NaiveServer, JoinsFinishedThreadsBehindOneThatServes) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.4",
        "The first connection may last for hours, and the threads that were started after it end "
        "before it does: look at every session, not only the first one.");
  gate held;
  running_server<naive_server> server(routes_with(held));
  let_settle(server, "2.3");
  step("a client is held inside");
  raw_client slow(server.port());
  slow.send(get_sleep);
  held.wait_for_arrivals(1);
  const auto before = thread_probes::counts();
  step("10 more clients are served, each after the thread of the one before has ended");
  ASSERT_NO_FATAL_FAILURE(serve_10_clients(server.port(), thread_count()));
  step("all but the last few have been joined, and the first is still inside");
  expect_8_of_10_to_be_joined(before);
  held.open();
  EXPECT_TRUE(is_ok(slow.read_to_end()));
}

}  // namespace
}  // namespace workbook
