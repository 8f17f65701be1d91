// From when on a request's latency counts, and when it is sent: closed and open loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <load.hpp>
#include <mutex>
#include <set>
#include <stop_token>
#include <vector>

#include "04_stress/client_fixture.hpp"
#include "04_stress/virtual_clock_fixture.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

TEST(Load, AClosedLoopMeasuresFromTheSending) {
  about("4.3",
        "A latency lasts until the whole answer is there: look at the clock when ask() has "
        "returned, and use only the clock that you were given. In a closed loop a latency begins "
        "when the request is sent, and the next request is sent when the answer is there.");
  virtual_clock time;
  step("one client, four requests that take 1, 2, 3, 4 ms");
  std::chrono::milliseconds takes{0};
  const load_report report = run_load(
      {.clients = 1, .requests = 4}, [&] { return time.advance(takes += 1ms), ok; }, {},
      time.as<load_clock>());
  EXPECT_EQ(report.latencies, (std::vector<std::chrono::nanoseconds>{1ms, 2ms, 3ms, 4ms}));
  EXPECT_EQ(report.wall, 10ms);
}

TEST(Load, AnOpenLoopSendsOnTime) {
  about("4.3",
        "Request number i is due i / rate seconds after the start. Between requests a client "
        "sleeps.");
  virtual_clock time;
  const auto begin = time.now();
  std::vector<std::chrono::nanoseconds> sent;
  step("one client, 1000 requests per second");
  (void)run_load(
      {.clients = 1, .requests = 4, .rate = 1000},
      [&] { return sent.push_back(time.now() - begin), ok; }, {}, time.as<load_clock>());
  EXPECT_EQ(sent, (std::vector<std::chrono::nanoseconds>{0ms, 1ms, 2ms, 3ms}));
}

TEST(Load, AnOpenLoopHasNoRoundGaps) {
  about("4.3",
        "The gap between two requests is 1 / rate seconds, which need not be a whole number of "
        "milliseconds: if you round it, a rate of 1500 becomes 1000.");
  std::vector<std::chrono::nanoseconds> due;
  const load_clock::time_point begin(1h);
  load_clock clock;
  clock.now = [&] { return begin; };
  clock.sleep_until = [&](load_clock::time_point time, const std::stop_token&) {
    due.push_back(time - begin);
  };
  step("one client, 1600 requests per second: until when does each request wait?");
  (void)run_load(
      {.clients = 1, .requests = 4, .rate = 1600}, [] { return ok; }, {}, clock);
  EXPECT_EQ(due, (std::vector<std::chrono::nanoseconds>{0us, 625us, 1250us, 1875us}));
}

TEST(Load, SaysThatARateWasNotKept) {
  about(
      "4.3",
      "Clients that wait for answers send nothing. The latencies include that time, and the report "
      "has to say where it comes from: how many requests left late, and what rate was reached.");
  virtual_clock time;
  const auto takes = [&](std::chrono::milliseconds answer) {
    return run_load(
        {.clients = 1, .requests = 5, .rate = 100},
        [&, answer] { return time.advance(answer), ok; }, {}, time.as<load_clock>());
  };
  step("one client, 100 requests per second, and answers that take 40 ms");
  const load_report slow = takes(40ms);
  EXPECT_EQ(slow.late, 4u) << "all but the first left late";
  EXPECT_DOUBLE_EQ(slow.reached_rate, 25);
  step("answers that take 4 ms: the rate is kept");
  const load_report quick = takes(4ms);
  EXPECT_EQ(quick.late, 0u);
  EXPECT_DOUBLE_EQ(quick.reached_rate, 100);
}

TEST(Load, TheRateIsThatOfAllClientsTogether) {
  about("4.3",
        "The rate is for the whole load. Requests are numbered across all clients, round * clients "
        "+ client: two clients that each send 1000 per second make 2000 per second.");
  std::mutex mutex;
  std::multiset<std::chrono::nanoseconds> due;
  const load_clock::time_point begin(1h);
  load_clock clock;
  clock.now = [&] { return begin; };
  clock.sleep_until = [&](load_clock::time_point time, const std::stop_token&) {
    const std::lock_guard lock(mutex);
    due.insert(time - begin);
  };
  step("two clients, 1000 requests per second: until when does each of six requests wait?");
  (void)run_load(
      {.clients = 2, .requests = 3, .rate = 1000}, [] { return ok; }, {}, clock);
  due.erase(0ms);  // the first need not wait
  EXPECT_EQ(due, (std::multiset<std::chrono::nanoseconds>{1ms, 2ms, 3ms, 4ms, 5ms}));
}

TEST(Load, AnOpenLoopMeasuresFromWhenARequestWasDue) {
  about("4.3",
        "Coordinated omission: while the server stalls, the requests that are due wait too. If you "
        "measure from when they are sent, a stall that delays 100 requests shows up in only one.");
  virtual_clock time;
  int number = 0;
  step("1000 requests, one each millisecond; the server stalls once, for 100 ms");
  const load_report report = run_load(
      {.clients = 1, .requests = 1000, .rate = 1000},
      [&] { return time.advance(++number == 500 ? 100ms : 0ms), ok; }, {}, time.as<load_clock>());
  const auto late = std::ranges::count_if(report.latencies, [](auto t) { return t > 0ms; });
  EXPECT_EQ(late, 100) << "the stall shows in " << late << " requests, and it delayed 100";
  EXPECT_EQ(std::ranges::max(report.latencies), 100ms);
}

}  // namespace
}  // namespace workbook
