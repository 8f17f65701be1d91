#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <mutex>
#include <naive_server.hpp>
#include <set>
#include <string>
#include <thread>

#include "01_single/http_contract_fixture.hpp"
#include "01_single/server_fixture.hpp"
#include "02_naive/settled_server_fixture.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"
#include "net/unique_fd.hpp"

namespace workbook {
namespace {

using namespace harness;

/// @returns whether the server keeps the connection open, and has not sent anything yet.
bool is_still_open(const raw_client& client) {
  char byte = 0;
  return ::recv(client.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

TEST(NaiveServer, SpeaksHttpAsEveryServerDoes) {
  about("2.1", "Status, headers and length of every response are the same in all stages.");
  gate held;
  held.open();
  running_server<naive_server> server(routes_with(held));
  step("clients, one after the other, send the requests of a table");
  expect_http_contract(server.port());
}

TEST(NaiveServer, ServesClientsAtTheSameTime) {
  about("2.1",
        "The second connection was never served while the first was inside: something in the "
        "accept loop waits for the first. A join, a lock, or a task that runs only when somebody "
        "asks for its result?");
  gate held;
  running_server<naive_server> server(routes_with(held));
  step("two clients send GET /sleep: both come inside");
  raw_client first(server.port());
  first.send(get_sleep);
  raw_client second(server.port());
  second.send(get_sleep);
  held.wait_for_arrivals(2);
  step("a third sends GET /fast and is answered while they are inside");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  EXPECT_EQ(held.inside(), 2u);
  step("the two are released and answered");
  held.open();
  EXPECT_TRUE(is_ok(first.read_to_end()));
  EXPECT_TRUE(is_ok(second.read_to_end()));
}

TEST(NaiveServer, GivesEachConnectionAThreadOfItsOwn) {
  about("2.1",
        "A thread per connection: it starts and ends with the connection, and it is never the "
        "acceptor.");
  std::mutex mutex;
  std::set<std::thread::id> threads;
  running_server<naive_server> server([&](const http_request&) {
    const std::scoped_lock lock(mutex);
    threads.insert(std::this_thread::get_id());
    return http_response{200, "ok"};
  });
  let_settle(server, "2.3");
  const auto before = thread_probes::counts();
  step("five more are served, one after the other");
  for (int client = 0; client < 5; ++client) EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  server.stop();
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
  if (!thread_probes::available()) return;
  const auto started = thread_probes::counts().created - before.created;
  EXPECT_EQ(started, 5) << started << " threads were started for 5 connections";
}

TEST(NaiveServer, GreetsWithTheThreadThatServes) {
  about("2.1", "GET / names the thread that serves it.");
  gate held;
  running_server<naive_server> server(routes_with(held, greeting_from_this_thread));
  step("GET / while another connection is held inside");
  raw_client slow(server.port());
  slow.send(get_sleep);
  held.wait_for_arrivals(1);
  const std::string greeting = ask(server.port(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_NE(greeting.find("Hello from thread "), std::string::npos) << greeting;
  EXPECT_EQ(greeting.find(fmt::format("thread {} ", ::getpid())), std::string::npos)
      << "the main thread served it";
  held.open();
}

TEST(NaiveServer, TheThreadOwnsItsConnection) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.1",
        "A new thread may begin long after the loop has gone on to the next client: what it needs "
        "must not be a local variable of the loop, and nobody else may close the connection.");
  running_server<naive_server> server(say_ok());
  let_settle(server, "2.3");
  thread_probes::thread_start_gate start;
  step("two clients send requests; their threads exist but have not run a single instruction");
  raw_client first(server.port());
  first.send(get_fast);
  raw_client second(server.port());
  second.send(get_fast);
  start.wait_until_held(2);
  step("the loop has gone on to client 2; the connection of client 1 is still open");
  ASSERT_TRUE(is_still_open(first)) << "it was closed before its thread had begun";
  step("now the threads run: each answers its own client");
  start.open();
  EXPECT_TRUE(is_ok(first.read_to_end()));
  EXPECT_TRUE(is_ok(second.read_to_end()));
}

TEST(NaiveServer, HoldsNoLockWhileAHandlerRuns) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.1",
        "With a mutex held while the handler runs, the server is back to one client at a time.");
  int held = -1;
  running_server<naive_server> server([&](const http_request&) {
    held = thread_probes::held_mutexes();
    return http_response{200, "ok"};
  });
  step("a client is served; its handler counts the mutexes that its thread holds");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  server.stop();
  EXPECT_EQ(held, 0) << "a mutex is held while the handler runs";
}

TEST(NaiveServer, LogsWholeLines) {
  about("2.1",
        "Many threads write the log. If lines are printed in pieces, pieces of two lines get "
        "mixed: no write may end inside a line.");
  // Each write to this socket is one datagram, so the reader sees how the lines were written.
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends.data()), 0);
  const unique_fd reader(ends[0]);
  const unique_fd writer(ends[1]);
  {
    line_printer live(writer.get());
    event_log log(&live);
    running_server<naive_server> server(say_ok(), &log);
    step("a client is served: accepted, started, finished");
    EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  }
  step("three lines were printed, and each write was made of whole lines");
  for (std::ptrdiff_t lines = 0; lines < 3;) {
    std::array<char, 1000> written{};
    ASSERT_GT(::recv(reader.get(), written.data(), written.size() - 1, MSG_DONTWAIT), 0);
    const std::string text = written.data();
    ASSERT_TRUE(text.ends_with('\n')) << "a write was only a piece of a line: '" << text << "'";
    lines += std::ranges::count(text, '\n');
  }
}

}  // namespace
}  // namespace workbook
