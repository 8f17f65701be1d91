#include <gtest/gtest.h>

#include <connection_counts.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

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

}  // namespace
}  // namespace workbook
