#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <deque>
#include <mutex>
#include <naive_server.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "harness/background.hpp"
#include "harness/gate.hpp"
#include "harness/http_contract.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/running_server.hpp"
#include "harness/story.hpp"
#include "harness/thread_states.hpp"
#include "harness/threads/thread_probes.hpp"
#include "net/unique_fd.hpp"

namespace workbook {
namespace {

using namespace harness;

constexpr std::string_view fast = "GET /fast HTTP/1.1\r\n\r\n";
constexpr std::string_view sleep = "GET /sleep HTTP/1.1\r\n\r\n";

/// A handler whose /sleep waits in `held` until the test opens it.
request_handler routes_with(gate& held) {
  return make_routes({.greeting = greeting_from_this_thread,
                      .sleep_time = std::chrono::milliseconds(5000),
                      .sleep = [&held](auto) { held.pass(); }});
}

request_handler say_ok() {
  return [](const http_request&) { return http_response{200, "ok"}; };
}

bool is_ok(const std::string& response) { return response.starts_with("HTTP/1.1 200 "); }

TEST(NaiveServer, SpeaksHttpAsEveryServerDoes) {
  about("2.1", "Status, headers and length of every response are the same in all stages.");
  gate held;
  held.open();
  running_server<naive_server> server(routes_with(held));
  step("18 clients, one after the other, send the requests of a table");
  expect_http_contract(server.port());
}

TEST(NaiveServer, ServesClientsAtTheSameTime) {
  about(
      "2.1",
      "The second connection was never served while the first was inside: something in the accept "
      "loop waits for the first. A join, a lock, or a thread that runs only when asked for?");
  gate held;
  running_server<naive_server> server(routes_with(held));
  step("two clients send GET /sleep: both come inside");
  raw_client first(server.port());
  first.send(sleep);
  raw_client second(server.port());
  second.send(sleep);
  held.wait_for_arrivals(2);
  step("a third sends GET /fast and is answered while they are inside");
  EXPECT_TRUE(is_ok(ask(server.port(), fast)));
  EXPECT_EQ(held.inside(), 2u);
  step("the two are released and answered");
  held.open();
  EXPECT_TRUE(is_ok(first.read_to_end()));
  EXPECT_TRUE(is_ok(second.read_to_end()));
}

TEST(NaiveServer, GivesEachConnectionAThreadOfItsOwn) {
  about("2.1", "A thread per connection: started for it, ended with it, and never the acceptor.");
  std::mutex mutex;
  std::set<std::thread::id> threads;
  running_server<naive_server> server([&](const http_request&) {
    const std::scoped_lock lock(mutex);
    threads.insert(std::this_thread::get_id());
    return http_response{200, "ok"};
  });
  const auto before = thread_probes::counts();
  step("five clients are served, one after the other");
  for (int client = 0; client < 5; ++client) EXPECT_TRUE(is_ok(ask(server.port(), fast)));
  server.stop();
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
  if (!thread_probes::available()) return;
  const auto after = thread_probes::counts();
  EXPECT_EQ(after.created - before.created, 5) << "threads were started for 5 connections";
  EXPECT_EQ(after.detached - before.detached, 0)
      << "a detached thread is one that nobody waits for: it may outlive the server";
}

TEST(NaiveServer, GreetsWithTheThreadThatServes) {
  about("2.1", "GET / names the thread that serves it.");
  gate held;
  running_server<naive_server> server(routes_with(held));
  step("GET / while another connection is held inside");
  raw_client slow(server.port());
  slow.send(sleep);
  held.wait_for_arrivals(1);
  const std::string greeting = ask(server.port(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_NE(greeting.find("Hello from thread "), std::string::npos) << greeting;
  EXPECT_EQ(greeting.find(fmt::format("thread {} ", ::getpid())), std::string::npos)
      << "the main thread has served it";
  held.open();
}

TEST(NaiveServer, TheThreadOwnsItsConnection) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.1",
        "A new thread may begin long after the loop has gone on to the next client: what it needs "
        "must not be a local variable of the loop, and nobody else may close the connection.");
  running_server<naive_server> server(say_ok());
  thread_probes::thread_start_gate start;
  step("two clients send requests; their threads exist but have not run a single instruction");
  raw_client first(server.port());
  first.send(fast);
  raw_client second(server.port());
  second.send(fast);
  start.wait_until_held(2);
  step("now the threads run: each answers its own client");
  start.open();
  EXPECT_TRUE(is_ok(first.read_to_end()));
  EXPECT_TRUE(is_ok(second.read_to_end()));
}

TEST(NaiveServer, HoldsNoLockWhileAHandlerRuns) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.1", "A mutex held across the handler serves one client at a time again.");
  int held = -1;
  running_server<naive_server> server([&](const http_request&) {
    held = thread_probes::held_mutexes();
    return http_response{200, "ok"};
  });
  step("a client is served; its handler counts the mutexes that its thread holds");
  EXPECT_TRUE(is_ok(ask(server.port(), fast)));
  server.stop();
  EXPECT_EQ(held, 0) << "mutexes are held while the handler runs";
}

TEST(NaiveServer, CountsConnectionsInAndOut) {
  about("2.2", "`total` counts what was accepted, `active` what is accepted and not yet closed.");
  gate held;
  running_server<naive_server> server(routes_with(held));
  step("two clients are inside, one more has been answered");
  raw_client first(server.port());
  first.send(sleep);
  raw_client second(server.port());
  second.send(sleep);
  held.wait_for_arrivals(2);
  EXPECT_TRUE(is_ok(ask(server.port(), fast)));
  EXPECT_EQ(server.server().total(), 3u);
  EXPECT_TRUE(eventually([&] { return server.server().active() == 2; }))
      << server.server().active() << " are active";
  step("they are released");
  held.open();
  EXPECT_TRUE(is_ok(first.read_to_end()));
  EXPECT_TRUE(is_ok(second.read_to_end()));
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; }))
      << server.server().active() << " are still active";
}

TEST(NaiveServer, CountsOutOnEveryPath) {
  about("2.2",
        "A bad request, no request, a reset, a handler that throws: each path out of a connection "
        "must count it out. Only a destructor is on all of them.");
  running_server<naive_server> server([](const http_request& request) -> http_response {
    if (request.path == "/sleep") throw std::runtime_error("the database is gone");
    return {200, "ok"};
  });
  step("four clients: a bad request, no request, a reset, a handler that throws");
  (void)ask(server.port(), "nonsense\r\n\r\n");
  raw_client(server.port()).close();
  raw_client(server.port()).reset();
  (void)ask(server.port(), sleep);
  step("all have been counted in, and all are counted out");
  EXPECT_TRUE(eventually([&] {
    return server.server().total() == 4 && server.server().active() == 0;
  })) << server.server().total()
      << " in all, " << server.server().active() << " still active";
}

TEST(NaiveServer, IsActiveUntilTheResponseIsSent) {
  about("2.2",
        "A connection is active until it is closed. Counted out too early, a server that waits for "
        "`active() == 0` cuts off its last responses.");
  running_server<naive_server> server([](const http_request&) {
    return http_response{200, std::string(32u << 20, 'x')};
  });
  step("a client asks for 32 MiB and does not read: its thread waits in send");
  raw_client lazy(server.port());
  lazy.send(fast);
  ASSERT_TRUE(eventually([] {
    for (const auto& state : read_thread_states(::getpid())) {
      if (state.activity == thread_activity::waiting_to_write) return true;
    }
    return false;
  })) << "no thread waits in send";
  EXPECT_EQ(server.server().active(), 1u);
  step("the client reads everything");
  EXPECT_GT(lazy.read_to_end().size(), 32u << 20);
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; }));
}

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
  EXPECT_EQ(ask(server.port(), sleep), "");
  step("client 2 is served");
  EXPECT_TRUE(is_ok(ask(server.port(), fast)));
  step("the log says that connection 1 failed, and why");
  server.stop();
  std::string reason;
  for (const auto& event : log.events()) {
    if (event.kind == event_kind::failed) reason = event.note;
  }
  EXPECT_EQ(reason, "the database is gone");
}

TEST(NaiveServer, AHandlerMayThrowAnything) {
  about("2.3", "C++ throws values of any type; only catch (...) catches them all.");
  event_log log;
  const auto handler = [](const http_request&) -> http_response { throw 42; };
  running_server<naive_server> server(handler, &log);
  step("a handler throws the number 42");
  EXPECT_EQ(ask(server.port(), fast), "");
  step("the log says that the connection failed");
  server.stop();
  EXPECT_EQ(log.count(event_kind::failed), 1u);
}

TEST(NaiveServer, RunReturnsWhenNoHandlerIsLeft) {
  about(
      "2.4",
      "Threads that outlive run() use a server that may be gone: run() must wait for them, so they "
      "must be joined, not detached.");
  gate held;
  std::atomic<bool> returned = false;
  naive_server server(tcp_listener("127.0.0.1", 0), routes_with(held));
  const std::size_t threads_before = thread_count();
  std::stop_source stop;
  background running([&] {
    server.run(stop.get_token());
    returned = true;
  });
  step("a client is held inside; a stop is requested");
  raw_client client(server.port());
  client.send(sleep);
  held.wait_for_arrivals(1);
  stop.request_stop();
  step("run() waits for the handler: no thread of this process has anything left to do");
  // Two threads wait: the one that runs the server, and the handler in the gate.
  EXPECT_TRUE(eventually([&] { return returned || threads_waiting_on_futex() >= 2; }))
      << "run() neither returns nor waits: a join waits without a time limit, not by looking again "
         "and again";
  EXPECT_FALSE(returned) << "run() returned while a handler was running";
  step("the handler goes on, the client gets its answer, run() returns");
  held.open();
  EXPECT_TRUE(is_ok(client.read_to_end()));
  running.wait();
  EXPECT_TRUE(eventually([&] { return thread_count() == threads_before; }))
      << thread_count() << " threads; before run() there were " << threads_before;
}

TEST(NaiveServer, StopReachesSilentClients) {
  about("2.4",
        "Waiting for handlers must not mean waiting for clients who may never speak: hand the stop "
        "token on to serve_connection.");
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
  step("every connection is closed");
  silent.clear();
  EXPECT_EQ(open_sockets(), sockets_before);
}

TEST(NaiveServer, JoinsFinishedThreadsWhileItRuns) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about(
      "2.4",
      "A thread that has ended but was not joined keeps its stack. A server that joins only at its "
      "end collects the stacks of all its past clients.");
  running_server<naive_server> server(say_ok());
  const auto before = thread_probes::counts();
  step("20 clients are served; each time the thread before has ended");
  for (std::uint64_t client = 1; client <= 20; ++client) {
    EXPECT_TRUE(is_ok(ask(server.port(), fast)));
    ASSERT_TRUE(eventually([] { return thread_count() == 2; }))
        << thread_count() << " threads exist; the test and the acceptor are two";
  }
  step("while the server still runs, all but the last few have been joined");
  EXPECT_GE(thread_probes::counts().joined - before.joined, 18);
}

TEST(NaiveServer, LogsWholeLines) {
  about("2.1",
        "Many threads write the log. A line that is printed in pieces gets pieces of two lines "
        "mixed: an event must be one write.");
  // Each write to this socket is one datagram, so the reader sees how the lines were written.
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends.data()), 0);
  const unique_fd reader(ends[0]);
  std::FILE* const live = ::fdopen(ends[1], "w");
  std::setvbuf(live, nullptr, _IONBF, 0);
  {
    event_log log(live);
    running_server<naive_server> server(say_ok(), &log);
    step("a client is served: accepted, started, finished");
    EXPECT_TRUE(is_ok(ask(server.port(), fast)));
  }
  std::fclose(live);
  step("each event was printed with one write");
  for (int event = 0; event < 3; ++event) {
    std::array<char, 200> line{};
    const auto size = ::recv(reader.get(), line.data(), line.size(), MSG_DONTWAIT);
    ASSERT_GT(size, 0);
    EXPECT_EQ(line[static_cast<std::size_t>(size) - 1], '\n') << "one write: " << line.data();
  }
}

TEST(NaiveServer, AnswersBusyWhenThereIsNoThread) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5",
        "pthread_create can fail (EAGAIN), and then std::jthread throws std::system_error: the "
        "client gets 503, and the server goes on.");
  event_log log;
  running_server<naive_server> server(say_ok(), &log);
  {
    const thread_probes::fail_thread_creation refused(1);
    step("the system refuses the thread for client 1: it reads 503 with Retry-After");
    const std::string response = ask(server.port(), fast);
    EXPECT_TRUE(response.starts_with("HTTP/1.1 503 ")) << response;
    EXPECT_NE(response.find("\r\nRetry-After: 1\r\n"), std::string::npos) << response;
  }
  step("client 2 is served");
  EXPECT_TRUE(is_ok(ask(server.port(), fast)));
  step("client 1 was recorded as rejected, and nobody is left inside");
  EXPECT_EQ(log.count(event_kind::rejected), 1u);
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; }));
}

TEST(NaiveServer, RefusingDoesNotWaitForTheClient) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5",
        "The acceptor refuses clients itself: if it waits for one of them to read or to close, "
        "everybody waits. refused_connections never waits.");
  running_server<naive_server> server(say_ok());
  const thread_probes::fail_thread_creation refused(1);
  step("client 1 is refused; it neither sends nor reads, and keeps its socket open");
  raw_client rude(server.port());
  ASSERT_TRUE(eventually([&] { return refused.happened(); }));
  step("client 2 is served meanwhile");
  EXPECT_TRUE(is_ok(ask(server.port(), fast)));
  step("client 1 can still read its refusal, and then the end");
  EXPECT_TRUE(rude.read_to_end().starts_with("HTTP/1.1 503 "));
}

}  // namespace
}  // namespace workbook
