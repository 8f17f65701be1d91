// From when on a request's latency counts, and when it is sent: closed and open loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <load.hpp>
#include <mutex>
#include <set>
#include <stop_token>
#include <vector>

#include "harness/story.hpp"
#include "harness/virtual_clock.hpp"

namespace workbook {
namespace {

using namespace harness;
using namespace std::chrono_literals;

constexpr answer ok{outcome::ok, 200};

TEST(Load, AClosedLoopMeasuresFromTheSending) {
  about("4.3", "In a closed loop the next request is sent when the last answer is there.");
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
        "Request number i is due i / rate seconds after the start. Between them a client sleeps.");
  virtual_clock time;
  const auto begin = time.now();
  std::vector<std::chrono::nanoseconds> sent;
  step("one client, 1000 requests per second");
  (void)run_load(
      {.clients = 1, .requests = 4, .rate = 1000},
      [&] { return sent.push_back(time.now() - begin), ok; }, {}, time.as<load_clock>());
  EXPECT_EQ(sent, (std::vector<std::chrono::nanoseconds>{0ms, 1ms, 2ms, 3ms}));
}

TEST(Load, TheRateIsThatOfAllClientsTogether) {
  about("4.3",
        "The rate is that of the whole load. Requests are counted over all clients, round * "
        "clients + client: two clients that both follow a rate of 1000 send 2000 per second.");
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
        "Coordinated omission: while the server stalls, the requests that are due wait too. "
        "Measured from when they are sent, a stall of 100 requests shows up in one of them.");
  virtual_clock time;
  int number = 0;
  step("1000 requests, one each millisecond; the server stalls once, for 100 ms");
  const load_report report = run_load(
      {.clients = 1, .requests = 1000, .rate = 1000},
      [&] { return time.advance(++number == 500 ? 100ms : 0ms), ok; }, {}, time.as<load_clock>());
  const auto late = std::ranges::count_if(report.latencies, [](auto t) { return t > 0ms; });
  EXPECT_EQ(late, 100) << "the stall is seen in " << late << " requests, and it delayed 100";
  EXPECT_EQ(std::ranges::max(report.latencies), 100ms);
}

}  // namespace
}  // namespace workbook
