#include <gtest/gtest.h>

#include <cstdint>
#include <histogram.hpp>
#include <limits>
#include <stdexcept>
#include <vector>

#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;
using counts = std::vector<std::uint64_t>;

TEST(Histogram, CountsEachValueInOneBucket) {
  about("7.1", "A value is counted once, in the first bucket whose bound is not less than it.");
  histogram seen({1, 2, 5});
  step("values between the bounds, and one beyond the last");
  for (const double value : {0.5, 1.5, 4.0, 4.5, 100.0}) seen.observe(value);
  EXPECT_EQ(seen.snapshot().buckets, (counts{1, 1, 2, 1}));
}

TEST(Histogram, AValueOnTheBoundIsBelowIt) {
  about("7.1",
        "A bucket is \"less or equal\": a request of exactly 0.5 s has kept a promise of 0.5 s.");
  histogram seen({1, 2, 5});
  step("values that are exactly the bounds");
  for (const double value : {1.0, 2.0, 2.0, 5.0}) seen.observe(value);
  EXPECT_EQ(seen.snapshot().buckets, (counts{1, 2, 1, 0}));
}

TEST(Histogram, AddsAllValues) {
  about("7.1", "The sum is that of all values, so that sum / number is their mean.");
  histogram seen({1, 2});
  step("three values are observed");
  for (const double value : {0.25, 1.5, 8.0}) seen.observe(value);
  EXPECT_DOUBLE_EQ(seen.snapshot().sum, 9.75);
}

TEST(Histogram, BeginsEmptyAndKeepsItsBounds) {
  about("7.1", "Before anything is observed, all buckets are there, with 0 in them.");
  const histogram seen({0.1, 0.5});
  const histogram_snapshot empty = seen.snapshot();
  EXPECT_EQ(empty.bounds, (std::vector<double>{0.1, 0.5}));
  EXPECT_EQ(empty.buckets, (counts{0, 0, 0}));
  EXPECT_EQ(empty.sum, 0);
}

TEST(Histogram, ASnapshotStaysAsItWas) {
  about("7.1", "A snapshot is of one moment: what is observed later is in the next one.");
  histogram seen({1});
  seen.observe(0.5);
  const histogram_snapshot before = seen.snapshot();
  step("another value is observed after the snapshot");
  seen.observe(0.5);
  EXPECT_EQ(before.buckets, (counts{1, 0}));
  EXPECT_EQ(seen.snapshot().buckets, (counts{2, 0}));
}

TEST(Histogram, NeedsBoundsThatAscend) {
  about("", "Bounds that do not ascend, or none, are a mistake of the caller.");
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& bounds : {std::vector<double>{},
                                            {1, 1},
                                            {2, 1},
                                            {1, infinity},
                                            {-infinity, 1},
                                            {std::numeric_limits<double>::quiet_NaN(), 1}}) {
    EXPECT_THROW(histogram{bounds}, std::invalid_argument);
  }
}

}  // namespace
}  // namespace workbook
