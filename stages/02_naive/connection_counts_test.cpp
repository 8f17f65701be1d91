#include <gtest/gtest.h>

#include <connection_counts.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "harness/interrupt_everywhere.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(ConnectionCounts, NumbersConnectionsFromOne) {
  about("2.2", "arrive() gives each connection its number: the first is 1.");
  connection_counts counts;
  step("three connections arrive");
  EXPECT_EQ(counts.arrive(), 1u);
  EXPECT_EQ(counts.arrive(), 2u);
  EXPECT_EQ(counts.arrive(), 3u);
  EXPECT_EQ(counts.total(), 3u);
}

TEST(ConnectionCounts, TotalStaysWhenConnectionsLeave) {
  about("2.2", "Two counts: `total` only grows, `active` goes up and down.");
  connection_counts counts;
  step("two arrive, one leaves");
  counts.arrive();
  counts.arrive();
  counts.leave();
  EXPECT_EQ(counts.active(), 1u);
  EXPECT_EQ(counts.total(), 2u);
}

TEST(ConnectionCounts, LeavesWhenAnExceptionEndsTheConnection) {
  about("2.2",
        "Counting out must happen on every path, even when an exception is thrown: that is what a "
        "destructor is for (RAII).");
  connection_counts counts;
  step("a connection arrives, and its handler throws");
  try {
    counts.arrive();
    const counted_connection counted(counts);
    throw std::runtime_error("the database is gone");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(counts.active(), 0u);
}

TEST(ConnectionCounts, LeavesOnceWhenItIsMoved) {
  about("2.2",
        "A move hands over the duty to count out: the object that was moved from must not count "
        "out as well.");
  connection_counts counts;
  step("a counted connection is moved from the acceptor to its thread, and ends there");
  counts.arrive();
  std::optional<counted_connection> acceptor(counts);
  {
    const counted_connection thread(std::move(*acceptor));
    EXPECT_EQ(counts.active(), 1u);
  }
  acceptor.reset();
  EXPECT_EQ(counts.active(), 0u);
}

TEST(ConnectionCounts, NoCountIsLostWhereverAThreadIsInterrupted) {
  if (!can_interrupt_everywhere()) GTEST_SKIP() << "this build cannot stop after an instruction";
  about("2.2",
        "A count was lost: one thread read the value, another changed it, and the first wrote its "
        "own result over it. Reading, changing and writing must be one atomic step: `count = count "
        "+ 1` is two, even when `count` is a std::atomic.");
  connection_counts counts;
  step("one thread arrives; after each of its instructions, another thread arrives too");
  const auto arrive = [&] { counts.arrive(); };
  const auto arrived = 1u + static_cast<unsigned>(interrupt_everywhere(arrive, arrive));
  ASSERT_EQ(counts.total(), arrived) << "arrivals were lost from the total";
  ASSERT_EQ(counts.active(), arrived) << "arrivals were lost from the active count";
  step("the same with leave()");
  constexpr unsigned many = 100'000;  // more than leave() has instructions
  for (unsigned i = 0; i < many; ++i) counts.arrive();
  const auto leave = [&] { counts.leave(); };
  const auto left = 1u + static_cast<unsigned>(interrupt_everywhere(leave, leave));
  EXPECT_EQ(counts.active(), arrived + many - left) << "departures were lost";
  EXPECT_EQ(counts.total(), arrived + many);
}

TEST(ConnectionCounts, NoNumberIsGivenTwiceWhereverAThreadIsInterrupted) {
  if (!can_interrupt_everywhere()) GTEST_SKIP() << "this build cannot stop after an instruction";
  about("2.2",
        "Two connections got the same number. `++total; return total;` is two steps, and others "
        "can arrive in between: return what the increment itself gives you.");
  connection_counts counts;
  std::uint64_t number = 0;
  std::set<std::uint64_t> others;
  step("one thread arrives; after each of its instructions, another thread arrives too");
  const auto others_arrived = interrupt_everywhere([&] { number = counts.arrive(); },
                                                   [&] { others.insert(counts.arrive()); });
  EXPECT_FALSE(others.contains(number)) << "two connections have the number " << number;
  EXPECT_EQ(others.size(), static_cast<std::size_t>(others_arrived));
}

TEST(ConnectionCounts, ActiveWasTrueAtSomeMoment) {
  if (!can_interrupt_everywhere()) GTEST_SKIP() << "this build cannot stop after an instruction";
  about("2.2",
        "active() gave a number that was never true. If you compute it from two counters that are "
        "read one after the other, it mixes two moments: connections that came and went in between "
        "are counted on one side only. Keep one counter that is the answer.");
  connection_counts counts;
  counts.arrive();
  std::size_t seen = 0;
  step("one connection stays; another comes and leaves, after each instruction of active()");
  (void)interrupt_everywhere([&] { seen = counts.active(); },
                             [&] {
                               counts.arrive();
                               counts.leave();
                             });
  EXPECT_TRUE(seen == 1 || seen == 2)
      << "active() said " << seen << ": one connection was there all the time, never more than two";
}

}  // namespace
}  // namespace workbook
