#include <gtest/gtest.h>

#include <atomic>
#include <naive_server.hpp>
#include <string>

#include "01_single/server_fixture.hpp"
#include "02_naive/settled_server_fixture.hpp"
#include "harness/io_probes.hpp"
#include "harness/process_state.hpp"
#include "harness/raw_client.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"

// What happens to a client when the system refuses a thread for it.

namespace workbook {
namespace {

using namespace harness;

TEST(NaiveServer, AnswersBusyWhenThereIsNoThread) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5", "A client that is refused gets an answer (503), not just a closed connection.");
  event_log log;
  running_server<naive_server> server(say_ok(), &log);
  let_settle(server, "2.3");
  {
    const thread_probes::fail_thread_creation refused(1);
    step("the system refuses a thread for the next client: the client reads 503 with Retry-After");
    const std::string response = ask(server.port(), get_fast);
    ASSERT_TRUE(response.starts_with("HTTP/1.1 503 "))
        << "the client has read '" << response << "'";
    EXPECT_NE(response.find("\r\nRetry-After: 1\r\n"), std::string::npos) << response;
  }
  step("the client after it is served");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  step("one client was recorded as rejected, and nobody is left inside");
  EXPECT_EQ(log.count(event_kind::rejected), 1u);
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; }));
}

TEST(NaiveServer, RefusingDoesNotEndTheServer) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5",
        "pthread_create can fail (EAGAIN), and then std::jthread throws std::system_error. If that "
        "leaves the accept loop, it ends the server for everybody.");
  running_server<naive_server> server(say_ok());
  let_settle(server, "2.3");
  const thread_probes::fail_thread_creation refused(1);
  step("the system refuses a thread for the next client");
  (void)ask(server.port(), get_fast);
  step("run() goes on until a stop is requested, and throws nothing");
  EXPECT_EQ(server.stop(), "") << "run() threw this";
}

TEST(NaiveServer, RefusingDoesNotWaitForTheClient) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5",
        "The acceptor refuses clients itself: if it waits for one of them to read or to close, "
        "everybody waits. refused_connections never waits.");
  running_server<naive_server> server(say_ok());
  let_settle(server, "2.3");
  const thread_probes::fail_thread_creation refused(1);
  thread_probes::thread_start_gate start;
  const auto pauses_before = timed_polls_made();
  step("a client is refused; it neither sends nor reads, and keeps its socket open");
  raw_client rude(server.port());
  step("another client is accepted meanwhile");
  raw_client polite(server.port());
  polite.send(get_fast);
  start.wait_until_held(1);
  ASSERT_EQ(timed_polls_made(), pauses_before) << "the acceptor has waited for the refused client";
  step("it is served; the refused one can still read its refusal, and then the end");
  start.open();
  EXPECT_TRUE(is_ok(polite.read_to_end()));
  EXPECT_TRUE(rude.read_to_end().starts_with("HTTP/1.1 503 "));
}

TEST(NaiveServer, RefusingKeepsNoSocket) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about(
      "2.5",
      "Each refused connection that is never closed costs a descriptor, until there are none left: "
      "give the connection to refused_connections, and let run() call sweep() before each client.");
  running_server<naive_server> server(say_ok());
  let_settle(server, "2.3");
  const std::size_t sockets_before = open_sockets();
  const thread_probes::fail_thread_creation refused(1);
  step("a client is refused, and stays until the next has been served");
  raw_client rude(server.port());
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  rude.close();
  step("one more is served; then all connections are closed, while the server is still running");
  EXPECT_TRUE(is_ok(ask(server.port(), get_fast)));
  EXPECT_TRUE(eventually([&] { return server.server().active() == 0; }));
  EXPECT_LE(open_sockets(), sockets_before) << "a socket is still open";
}

TEST(NaiveServer, RefusingDoesNotResetTheClient) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("2.5",
        "A socket that is closed while the client's request is unread sends a reset, which can "
        "destroy the 503: the client sees a broken connection. Writing and closing at once is not "
        "a refusal; refused_connections keeps the socket until the client has read.");
  running_server<naive_server> server(say_ok());
  let_settle(server, "2.3");
  gate between_clients;
  std::atomic<bool> is_first = true;
  const thread_probes::after_creation hold([&] {
    if (is_first.exchange(false)) between_clients.pass();
  });
  step("the acceptor has started a thread, and is held; a client sends its request meanwhile");
  raw_client served(server.port());
  served.send(get_fast);
  between_clients.wait_for_arrivals(1);
  raw_client refused(server.port());
  refused.send(get_fast);
  ASSERT_TRUE(eventually([&] { return refused.all_arrived(); }));
  step(
      "the acceptor goes on; the system refuses a thread for that client, and the client reads "
      "503");
  const thread_probes::fail_thread_creation no_thread(1);
  between_clients.open();
  const std::string response = refused.read_to_end();
  EXPECT_TRUE(response.starts_with("HTTP/1.1 503 ")) << "the client has read '" << response << "'";
  EXPECT_FALSE(response.ends_with("<connection reset>")) << "the connection was reset";
  EXPECT_TRUE(is_ok(served.read_to_end()));
  server.stop();
  EXPECT_EQ(closes_with_unread_bytes(), 0u)
      << "the socket was closed while the request was unread: that resets the connection";
}

}  // namespace
}  // namespace workbook
