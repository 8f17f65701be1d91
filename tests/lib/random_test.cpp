#include "support/random.hpp"

#include <gtest/gtest.h>

namespace workbook {
namespace {

TEST(SplitMix64, GivesThePublishedNumbers) {
  // https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64
  split_mix64 random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(SplitMix64, StaysBelowTheLimit) {
  split_mix64 random(1);
  bool seen[3] = {};
  for (int i = 0; i < 100; ++i) {
    const auto number = random.below(3);
    ASSERT_LT(number, 3u);
    seen[number] = true;
  }
  EXPECT_TRUE(seen[0] && seen[1] && seen[2]);
  EXPECT_EQ(random.below(1), 0u);
}

}  // namespace
}  // namespace workbook
