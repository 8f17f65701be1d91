#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <naive_server.hpp>
#include <stdexcept>
#include <string>

#include "harness/background.hpp"
#include "harness/gate.hpp"
#include "harness/handlers.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/requests.hpp"
#include "harness/running_server.hpp"
#include "harness/story.hpp"
#include "harness/threads/thread_probes.hpp"

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
  means("Whoever catches an exception must tell what it said: here, record it as `failed`.");
  server.stop();
  std::string reason;
  for (const auto& event : log.events()) {
    if (event.kind == event_kind::failed) reason = event.note;
  }
  EXPECT_EQ(reason, "the database is gone") << "the exception was swallowed";
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

/// Ends the test unless run() waits for the handler that the test holds, and does nothing else.
void expect_run_to_join(const std::atomic<bool>& returned) {
  const auto sleeps = [] { return thread_probes::counts().sleeps; };
  const auto sleeps_before = sleeps();
  const auto looks_again = [&] { return sleeps() > sleeps_before; };
  // Two threads wait: the one that runs the server, and the handler in the gate.
  const bool settled =
      eventually([&] { return returned || looks_again() || threads_waiting_on_futex() >= 2; });
  if (returned) fail_now("run() returned while a handler was running");
  if (!settled || looks_again()) fail_now("run() looks again and again; a join just waits");
}

TEST(NaiveServer, RunReturnsWhenNoHandlerIsLeft) {
  about("2.4",
        "Threads that outlive run() use a server that may be gone: run() must wait for them, so "
        "they must be joined, not detached.");
  gate held;
  std::atomic<bool> returned = false;
  naive_server server(tcp_listener("127.0.0.1", 0), routes_with(held));
  std::stop_source stop;
  background running([&] {
    server.run(stop.get_token());
    returned = true;
  });
  step("a client is held inside; a stop is requested: run() waits for the handler");
  raw_client client(server.port());
  client.send(get_sleep);
  held.wait_for_arrivals(1);
  stop.request_stop();
  expect_run_to_join(returned);
  step("the handler goes on, the client gets its answer, run() returns");
  held.open();
  EXPECT_TRUE(is_ok(client.read_to_end()));
  running.wait();
}

TEST(NaiveServer, StopMayComeFromAHandler) {
  about("2.4",
        "Any thread may request a stop, a handler too: its stop_callbacks run on that thread. One "
        "that joins the threads lets the handler's thread join itself.");
  std::stop_source stop;
  naive_server server(tcp_listener("127.0.0.1", 0), [&](const http_request&) {
    stop.request_stop();
    return http_response{200, "bye"};
  });
  background running([&] { server.run(stop.get_token()); });
  step("a client's handler requests the stop, and answers");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("run() returns");
  EXPECT_EQ(running.wait(), "");
}

TEST(NaiveServer, StopReachesSilentClients) {
  about("2.4",
        "Waiting for handlers must not mean waiting for clients who may never speak: hand the stop "
        "token on to serve_connection.");
  const std::size_t threads_before = thread_count();
  running_server<naive_server> server(say_ok());
  const std::size_t sockets_before = open_sockets();
  step("200 clients connect and say nothing");
  std::deque<raw_client> silent;
  for (int client = 0; client < 200; ++client) silent.emplace_back(server.port());
  ASSERT_TRUE(eventually([&] { return server.server().active() == 200; }))
      << server.server().active() << " connections are active";
  step("a stop is requested: run() returns");
  EXPECT_EQ(server.stop(), "");
  EXPECT_EQ(server.server().active(), 0u);
  step("every connection is closed, every thread has ended");
  silent.clear();
  EXPECT_EQ(open_sockets(), sockets_before);
  EXPECT_TRUE(eventually([&] { return thread_count() == threads_before; }));
}

TEST(NaiveServer, JoinsFinishedThreadsWhileItRuns) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about(
      "2.4",
      "A thread that has ended but was not joined keeps its stack: a server that joins only at its "
      "end collects the stacks of all its past clients. And a thread cannot join itself.");
  running_server<naive_server> server(say_ok());
  const auto before = thread_probes::counts();
  step("20 clients are served; each time the thread before has ended");
  for (std::uint64_t client = 1; client <= 20; ++client) {
    EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
    ASSERT_TRUE(eventually([] { return thread_count() == 2; }))
        << thread_count() << " threads exist; the test and the acceptor are two";
  }
  step("while the server still runs, all but the last few have been joined");
  const auto joined = thread_probes::counts().joined - before.joined;
  EXPECT_GE(joined, 18) << joined << " of 20 threads have been joined";
}

TEST(NaiveServer, AnswersBusyWhenThereIsNoThread) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5", "A client that is refused gets an answer (503), and not just a closed connection.");
  event_log log;
  running_server<naive_server> server(say_ok(), &log);
  {
    const thread_probes::fail_thread_creation refused(1);
    step("the system refuses the thread for client 1: it reads 503 with Retry-After");
    const std::string response = ask(server.port(), get_fast);
    ASSERT_TRUE(response.starts_with("HTTP/1.1 503 ")) << "it has read '" << response << "'";
    EXPECT_NE(response.find("\r\nRetry-After: 1\r\n"), std::string::npos) << response;
  }
  step("client 2 is served");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("client 1 was recorded as rejected, and nobody is left inside");
  EXPECT_EQ(log.count(event_kind::rejected), 1u);
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; }));
}

TEST(NaiveServer, RefusingDoesNotEndTheServer) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5",
        "pthread_create can fail (EAGAIN), and then std::jthread throws std::system_error. Thrown "
        "out of the accept loop, it ends the server for everybody.");
  running_server<naive_server> server(say_ok());
  const thread_probes::fail_thread_creation refused(1);
  step("the system refuses the thread for a client");
  (void)ask(server.port(), get_fast);
  step("run() goes on until a stop is requested, and throws nothing");
  EXPECT_EQ(server.stop(), "") << "run() has thrown this";
}

TEST(NaiveServer, RefusingDoesNotWaitForTheClient) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5",
        "The acceptor refuses clients itself: if it waits for one of them to read or to close, "
        "everybody waits. refused_connections never waits.");
  running_server<naive_server> server(say_ok());
  const thread_probes::fail_thread_creation refused(1);
  thread_probes::thread_start_gate start;
  const auto pauses_before = timed_polls_made();
  step("client 1 is refused; it neither sends nor reads, and keeps its socket open");
  raw_client rude(server.port());
  step("client 2 is accepted meanwhile");
  raw_client polite(server.port());
  polite.send(get_fast);
  start.wait_until_held(1);
  ASSERT_EQ(timed_polls_made(), pauses_before) << "the acceptor has waited for client 1";
  step("client 2 is served; client 1 can still read its refusal, and then the end");
  start.open();
  EXPECT_TRUE(is_ok(polite.read_to_end()));
  EXPECT_TRUE(rude.read_to_end().starts_with("HTTP/1.1 503 "));
}

TEST(NaiveServer, RefusingKeepsNoSocket) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5",
        "Each refused client that is never closed costs a descriptor, until there are none: give "
        "the connection to refused_connections, and let run() sweep() before each client.");
  running_server<naive_server> server(say_ok());
  const std::size_t sockets_before = open_sockets();
  const thread_probes::fail_thread_creation refused(1);
  step("client 1 is refused, and stays until client 2 has been served");
  raw_client rude(server.port());
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  rude.close();
  step("client 3 is served; then all connections are closed, and the server still runs");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; }));
  EXPECT_EQ(open_sockets(), sockets_before) << "a socket is still open";
}

}  // namespace
}  // namespace workbook
