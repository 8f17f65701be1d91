#include <gtest/gtest.h>

#include <barrier>
#include <chrono>
#include <http_client.hpp>
#include <load.hpp>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "04_stress/virtual_clock_fixture.hpp"
#include "harness/process_state.hpp"
#include "harness/sanitizers.hpp"
#include "harness/scripted_server.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"
#include "net/tcp_listener.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

constexpr answer ok{outcome::ok, 200};

TEST(Load, AListenerThatNeverAcceptsScoresNothing) {
  about("4.3",
        "Fifty connections are open, fifty requests are sent, and no server has seen any of them. "
        "A generator that counts connections, or bytes sent, calls that fifty successes.");
  const tcp_listener never_accepts("127.0.0.1", 0);
  const http_client client("127.0.0.1", never_accepts.port(), "/fast");
  step("50 clients ask a listener that never calls accept()");
  const load_report report = run_load({.clients = 50, .requests = 1},
                                      [&] { return client.get(timed_stream::time_point::min()); });
  EXPECT_EQ(report.outcomes[outcome::ok], 0u);
  EXPECT_EQ(report.outcomes[outcome::timed_out], 50u);
  EXPECT_TRUE(report.latencies.empty()) << "a request without an answer has no latency";
  EXPECT_EQ(report.throughput(), 0);
}

TEST(Load, AsksAsOftenAsThePlanSays) {
  about("4.3", "Every client makes all its requests, and every one of them is in the report.");
  std::atomic<std::size_t> asked = 0;
  std::atomic<std::size_t> done = 0;
  step("3 clients with 4 requests each");
  const load_report report = run_load(
      {.clients = 3, .requests = 4}, [&] { return ++asked, ok; }, {}, {}, &done);
  EXPECT_EQ(asked, 12u);
  EXPECT_EQ(done, 12u) << "`done` counts the finished requests, for whoever is watching";
  EXPECT_EQ(report.outcomes[outcome::ok], 12u);
  EXPECT_EQ(report.outcomes.sum(), 12u);
  EXPECT_EQ(report.latencies.size(), 12u);
  EXPECT_FALSE(report.partial());
}

TEST(Load, WhoeverWatchesSeesEachRequestWhenItIsDone) {
  about("4.3",
        "`done` is what a progress line shows: it grows by one when a request has its outcome, "
        "whatever that is, and not before.");
  const std::vector<answer> answers{ok, {outcome::http_error, 503}, {outcome::timed_out}, ok};
  std::atomic<std::size_t> done = 0;
  std::vector<std::size_t> done_before_each;
  step("one client with four requests: how many are done when it makes the next?");
  (void)run_load(
      {.clients = 1, .requests = 4},
      [&] {
        done_before_each.push_back(done);
        return answers[done_before_each.size() - 1];
      },
      {}, {}, &done);
  EXPECT_EQ(done_before_each, (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(done, 4u);
}

TEST(Load, CountsEachOutcomeUnderItsName) {
  about("4.3", "Failures are counted, each under its own name, and their times are not latencies.");
  const std::vector<answer> answers{ok,
                                    {outcome::http_error, 503},
                                    {outcome::http_error, 404},
                                    {outcome::reset},
                                    {outcome::timed_out},
                                    ok};
  std::size_t next = 0;
  step("one client gets six different answers");
  const load_report report =
      run_load({.clients = 1, .requests = 6}, [&] { return answers[next++]; });
  EXPECT_EQ(report.outcomes[outcome::ok], 2u);
  EXPECT_EQ(report.outcomes[outcome::http_error], 2u);
  EXPECT_EQ(report.outcomes[outcome::reset], 1u);
  EXPECT_EQ(report.outcomes[outcome::timed_out], 1u);
  EXPECT_EQ(report.statuses, (std::map<int, std::size_t>{{200, 2}, {404, 1}, {503, 1}}));
  EXPECT_EQ(report.latencies.size(), 2u) << "a failed request has a latency";
}

TEST(Load, HasAllClientsInFlightAtOnce) {
  about("4.3",
        "The clients were not active at the same time: a generator that starts a client and waits "
        "for it before starting the next makes a load of one.");
  gate all_are_inside;
  std::atomic<std::size_t> inside = 0;
  step("8 clients ask; nobody is answered before all 8 have asked");
  const load_report report = run_load({.clients = 8, .requests = 1}, [&] {
    if (++inside == 8) all_are_inside.open();
    all_are_inside.pass();
    return ok;
  });
  EXPECT_EQ(report.outcomes[outcome::ok], 8u);
}

TEST(Load, NobodyBeginsBeforeAllAreThere) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("4.3",
        "Don't charge the server for the time it takes to start the clients: the clock starts when "
        "all of them are there, and then they all begin.");
  const auto before = thread_probes::counts().created;
  std::atomic<long> at_first_look = -1;
  const auto started = [&] { return thread_probes::counts().created - before; };
  load_clock clock;
  clock.now = [&] {
    long nobody = -1;
    at_first_look.compare_exchange_strong(nobody, started());
    return std::chrono::steady_clock::now();
  };
  std::atomic<long> fewest = 100;
  const auto first_client_waits_or_asks = [&] {
    return threads_waiting_on_futex() > 0 || fewest < 100;
  };
  const thread_probes::after_creation head_start([&] {
    if (started() == 1) (void)eventually(first_client_waits_or_asks);
  });
  step("20 clients: how many exist when the clock is first read, and at each request?");
  (void)run_load(
      {.clients = 20, .requests = 2},
      [&] { return fewest = std::min<long>(fewest, started()), ok; }, {}, clock);
  EXPECT_EQ(at_first_look, 20) << "the clock started before all clients were there";
  EXPECT_EQ(fewest, 20) << "a client began before all were there";
}

TEST(Load, TheTimeOfTheStartIsKnownBeforeAnybodyBegins) {
  about("4.3",
        "The start was opened before `begin` was written. A quick client then reads a `begin` that "
        "nobody has set yet, and its requests seem to have been due hours ago.");
  virtual_clock time;
  const auto here = std::this_thread::get_id();
  std::atomic<bool> client_asks = false;
  std::atomic<bool> first_look = true;
  load_clock clock = time.as<load_clock>();
  clock.now = [&] {
    if (std::this_thread::get_id() == here && first_look.exchange(false)) {
      (void)eventually([&] { return client_asks || threads_waiting_on_futex() > 0; });
    }
    return time.now();
  };
  step("the clock is slow to give the start time: does the client wait for it?");
  const load_report report = run_load(
      {.clients = 1, .requests = 1, .rate = 1000}, [&] { return client_asks = true, ok; }, {},
      clock);
  EXPECT_EQ(report.latencies, (std::vector<std::chrono::nanoseconds>{0ms}));
}

TEST(Load, NoAnswerIsLostWhenTwoComeAtOnce) {
  if (!after_allocation::available()) GTEST_SKIP() << after_allocation::unavailable_reason();
  about("4.3",
        "Clients get their answers at the same time. A vector that they share loses one client's "
        "answer while it makes room for another's: each client writes into its own, `mine`.");
  std::atomic<std::size_t> done = 0;
  std::atomic<bool> both_answered = false;
  std::barrier answers(2, [&]() noexcept { both_answered = true; });
  const auto other_is_done_or_waits = [&] { return done > 0 || threads_waiting_on_futex() > 1; };
  const after_allocation makes_room([&] {
    if (both_answered.exchange(false)) (void)eventually(other_is_done_or_waits);
  });
  step("two answers; while one client makes room for its answer, the other writes its own");
  const load_report report = run_load(
      {.clients = 2, .requests = 1}, [&] { return answers.arrive_and_wait(), ok; }, {}, {}, &done);
  EXPECT_EQ(report.outcomes[outcome::ok], 2u) << "an answer was lost";
}

TEST(Load, ThroughputIsPerWallTime) {
  about("4.3",
        "Throughput is successes per second of the whole run, from the first request to the last "
        "answer. If you divide by the sum of all latencies, it does not grow with the clients.");
  virtual_clock time;
  std::barrier both_wait(2, [&]() noexcept { time.advance(10ms); });
  step("2 clients, 10 requests each; two requests at the same time take 10 ms");
  const load_report report = run_load(
      {.clients = 2, .requests = 10}, [&] { return both_wait.arrive_and_wait(), ok; }, {},
      time.as<load_clock>());
  EXPECT_EQ(report.wall, 100ms);
  EXPECT_DOUBLE_EQ(report.throughput(), 200);
}

TEST(Load, AServerThatWaitsForAllClientsAnswersAll) {
  about("4.3",
        "A server that answers nobody before all are connected shows whether the connections of a "
        "load are open at the same time.");
  gate all_are_connected;
  std::atomic<std::size_t> connected = 0;
  const scripted_server server([&](scripted_connection& client) {
    read_request(client);
    if (++connected == 30) all_are_connected.open();
    all_are_connected.pass();
    client.send(a_response);
  });
  const http_client client("127.0.0.1", server.port(), "/fast");
  step("30 clients; the server answers when all 30 requests are there");
  const load_report report = run_load({.clients = 30, .requests = 1},
                                      [&] { return client.get(timed_stream::time_point::max()); });
  EXPECT_EQ(report.outcomes[outcome::ok], 30u);
}

}  // namespace
}  // namespace workbook
