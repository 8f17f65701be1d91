// The counts under every schedule: each order in which two threads can take their steps. An operation
// on a std::atomic is a step, and so is a call on a mutex.
#include <gtest/gtest.h>

#include <connection_counts.hpp>
#include <cstddef>
#include <cstdint>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class ConnectionCountsSchedules : public explored_test {};

/// Runs `count` on this thread and on another. Blocks until both have done it.
template <class Count>
void on_two_threads(Count count) {
  const auto other = named_thread("other", count);
  count();
}

TEST_F(ConnectionCountsSchedules, NoCountIsLost) {
  about(
      "2.2",
      "A count was lost: one thread read the value, another changed it, the first wrote its own "
      "result over it. Read, change and write must be one atomic step: `count = count + 1` is two, "
      "even when `count` is a std::atomic.");
  step("two connections arrive, then both leave, under every schedule");
  expect_every_schedule({}, [] {
    connection_counts counts;
    on_two_threads([&] { counts.arrive(); });
    explore_check(counts.total() == 2, "an arrival was lost from the total");
    explore_check(counts.active() == 2, "an arrival was lost from the active ones");
    on_two_threads([&] { counts.leave(); });
    explore_check(counts.active() == 0, "a departure was lost");
    explore_check(counts.total() == 2, "the total has changed when a connection left");
  });
}

TEST_F(ConnectionCountsSchedules, NoNumberIsGivenTwice) {
  about(
      "2.2",
      "Two connections got the same number. `++total; return total;` are two steps, and others can "
      "arrive in between: return what the increment itself says.");
  step("two connections arrive, under every schedule");
  expect_every_schedule({}, [] {
    connection_counts counts;
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    {
      const auto other = named_thread("other", [&] { second = counts.arrive(); });
      first = counts.arrive();
    }
    explore_check(first != second, "two connections have the same number");
    explore_check(first + second == 3, "the numbers are not 1 and 2");
  });
}

TEST_F(ConnectionCountsSchedules, ActiveWasTrueAtSomeMoment) {
  about("2.2",
        "active() gave a number that was never true. Computed from two counters that are read one "
        "after the other, it mixes two moments: connections that came and went in between are "
        "counted on one side only. Keep one counter that is the answer.");
  step(
      "one connection stays; two others come and leave, one after the other, under every schedule");
  expect_every_schedule({}, [] {
    connection_counts counts;
    counts.arrive();
    const auto others = named_thread("others", [&] {
      for (int connection = 0; connection < 2; ++connection) {
        counts.arrive();
        counts.leave();
      }
    });
    const std::size_t seen = counts.active();
    explore_check(seen >= 1, "active() said 0, and one connection was there all the time");
    explore_check(seen <= 2, "active() said more than 2, and there were never more");
  });
}

TEST_F(ConnectionCountsSchedules, AnybodyMayAskMeanwhile) {
  about("2.2",
        "Who only asks needs the same protection as who counts. A plain read beside a write is a "
        "data race: read the atomic, or take the mutex in total() and active() as well.");
  step("one connection arrives and leaves while another thread asks, under every schedule");
  expect_every_schedule({}, [] {
    connection_counts counts;
    const auto other = named_thread("other", [&] {
      counts.arrive();
      counts.leave();
    });
    explore_check(counts.total() <= 1, "total() said more than 1, and there was one connection");
    explore_check(counts.active() <= 1, "active() said more than 1, and there was one connection");
  });
}

}  // namespace
}  // namespace workbook
