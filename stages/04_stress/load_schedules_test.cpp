// A load of two clients under every schedule.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <load.hpp>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class LoadSchedules : public explored_test {};

TEST_F(LoadSchedules, NoAnswerIsLostWhenTwoComeAtOnce) {
  about(
      "4.3",
      "Clients run and get their answers at the same time. What they share must be written before "
      "`start` opens, or be atomic. And a vector that they share loses the answer of one while it "
      "makes room for that of another: each client writes into its own, `mine`.");
  step("two clients, one request each, under every schedule");
  expect_every_schedule({.preemptions = 2, .surprises = 0}, [] {
    std::atomic<std::size_t> done = 0;
    const load_clock stands_still{
        .now = [] { return load_clock::time_point(std::chrono::seconds(1)); },
        .sleep_until = [](auto, const auto&) {}};
    const load_report report = run_load(
        {.clients = 2, .requests = 1, .rate = 1000},
        [] {
          return answer{outcome::ok, 200};
        },
        {}, stands_still, &done);
    explore_check(report.outcomes[outcome::ok] == 2, "an answer was lost");
    explore_check(report.latencies.size() == 2, "a latency was lost");
    explore_check(done == 2, "`done` is not the number of answers");
  });
}

}  // namespace
}  // namespace workbook
