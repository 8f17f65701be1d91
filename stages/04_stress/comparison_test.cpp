#include <gtest/gtest.h>

#include <comparison.hpp>
#include <connection.hpp>
#include <naive_server.hpp>
#include <pooled_server.hpp>
#include <single_server.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/threads/thread_probes.hpp"
#include "net/backlog.hpp"

namespace workbook {
namespace {

using namespace harness;

// The server of stage 01, and what else can be told apart from it.
void run_single(tcp_listener listener, const request_handler& handler,
                const std::stop_token& stop) {
  single_server(std::move(listener), handler).run(stop);
}

void run_naive(tcp_listener listener, const request_handler& handler, const std::stop_token& stop) {
  naive_server(std::move(listener), handler).run(stop);
}

void run_pool_of_four(tcp_listener listener, const request_handler& handler,
                      const std::stop_token& stop) {
  pooled_server(std::move(listener), handler, {.workers = 4, .queue_capacity = 100}).run(stop);
}

TEST(HeadOfLine, TheSingleServerAnswersNobodyBesideASlowRequest) {
  about("4.4", "One connection at a time: with one slow request, nobody else is answered.");
  const compared_server single{"single", run_single};
  step("no slow request: all six quick ones are answered");
  EXPECT_EQ(count_head_of_line(single, 0, 6), (head_of_line_count{"single", 0, 6, 6}));
  step("one slow request: none is answered");
  EXPECT_EQ(count_head_of_line(single, 1, 6), (head_of_line_count{"single", 1, 6, 0}));
}

TEST(HeadOfLine, TheNaiveServerAnswersEverybody) {
  about("4.4",
        "A thread for each: nobody waits for anybody. Count the answers when nothing can move any "
        "more, not when the first ones are there.");
  step("four slow requests: all six quick ones are answered");
  EXPECT_EQ(count_head_of_line({"naive", run_naive}, 4, 6), (head_of_line_count{"naive", 4, 6, 6}));
}

TEST(HeadOfLine, AFullPoolAnswersNobody) {
  about("4.4",
        "The slow requests must be inside before the quick ones are sent. Then three of them leave "
        "one of the four workers free, which answers all six; four leave none.");
  const compared_server pool{"pool", run_pool_of_four};
  step("three slow requests, then four");
  EXPECT_EQ(count_head_of_line(pool, 3, 6), (head_of_line_count{"pool", 3, 6, 6}));
  EXPECT_EQ(count_head_of_line(pool, 4, 6), (head_of_line_count{"pool", 4, 6, 0}));
}

TEST(HeadOfLine, APoolThatIsNoneIsFoundOut) {
  about("4.4",
        "The comparison looks at what a server does, not at its name: a 'pool' that serves one "
        "client at a time gets the same numbers as the single server.");
  step("a server that calls itself a pool, and serves one connection at a time");
  EXPECT_EQ(count_head_of_line({"pool", run_single}, 1, 6), (head_of_line_count{"pool", 1, 6, 0}));
}

/// Blocks until the counting thread pauses before it looks at the server again, or the stop comes.
void wait_until_the_counting_thread_pauses(const std::stop_token& stop) {
  const long pauses = thread_probes::counts().sleeps;
  while (thread_probes::counts().sleeps == pauses && !stop.stop_requested()) {
    std::this_thread::yield();
  }
}

/// Answers each connection, but only after the counting thread has paused before it looks again.
void run_late(tcp_listener listener, const request_handler& handler, const std::stop_token& stop) {
  single_server server(std::move(listener), [&](const http_request& asked) {
    wait_until_the_counting_thread_pauses(stop);
    return handler(asked);
  });
  server.run(stop);
}

TEST(HeadOfLine, AnAnswerThatComesLateIsCounted) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("4.4",
        "The answers were counted too early, right after the requests were sent. Count when "
        "nothing can move any more: only then is it certain that no further answer will come.");
  step("a server that answers one request, late");
  EXPECT_EQ(count_head_of_line({"late", run_late}, 0, 1), (head_of_line_count{"late", 0, 1, 1}));
}

/// Serves one connection at a time. When the counting thread pauses, it lets in all who wait, and
/// serves the newest first.
void run_newest_first(tcp_listener listener, const request_handler& handler,
                      const std::stop_token& stop) {
  while (auto first = listener.accept(stop)) {
    std::vector<tcp_stream> clients;
    clients.push_back(std::move(*first));
    wait_until_the_counting_thread_pauses(stop);
    for (auto waiting = waiting_in_backlog(listener.port()); waiting > 0; --waiting) {
      if (auto next = listener.accept(stop)) clients.push_back(std::move(*next));
    }
    for (; !clients.empty(); clients.pop_back()) {
      try {
        serve_connection({std::move(clients.back())}, handler, nullptr, stop);
      } catch (const std::system_error&) {  // the client has gone
      }
    }
  }
}

TEST(HeadOfLine, TheSlowRequestsAreInsideFirst) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about(
      "4.4",
      "The quick requests were sent before the slow ones were inside. A server that lets quick "
      "ones overtake then looks better than it is: wait after sending the slow requests as well.");
  step("one connection at a time, the newest first: with one slow request, nobody is answered");
  EXPECT_EQ(count_head_of_line({"newest first", run_newest_first}, 1, 6),
            (head_of_line_count{"newest first", 1, 6, 0}));
}

TEST(HeadOfLine, TheTableHasARowForEachServerAndNumber) {
  about("4.4", "All servers get the same numbers of requests, and the rows come in that order.");
  step("two servers, with 0 and 1 slow requests, and 2 quick ones");
  const auto table = head_of_line_table({{"single", run_single}, {"naive", run_naive}}, 1, 2);
  EXPECT_EQ(table,
            (std::vector<head_of_line_count>{
                {"single", 0, 2, 2}, {"single", 1, 2, 0}, {"naive", 0, 2, 2}, {"naive", 1, 2, 2}}));
}

TEST(HeadOfLine, LeavesNothingRunning) {
  about("4.4", "When the count is done, the held requests are released and the server is stopped.");
  const std::size_t threads = thread_count();
  const std::size_t sockets = open_sockets();
  step("a count with a full pool");
  (void)count_head_of_line({"pool", run_pool_of_four}, 4, 1);
  EXPECT_TRUE(eventually([&] { return thread_count() == threads; }));
  EXPECT_EQ(open_sockets(), sockets);
}

}  // namespace
}  // namespace workbook
