// Memory that is given back, and memory that is given out.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <random>

#include "harness/memory/freed_blocks.hpp"
#include "harness/memory/shadow.hpp"

namespace workbook::harness::memory {
namespace {

/// Thread 1 knows nothing of thread 0.
class FreedMemory : public testing::Test {
 protected:
  FreedMemory() {
    clocks_[0].set(0, 1);
    clocks_[1].set(1, 1);
  }

  std::optional<memory_conflict> access(int thread, access_kind kind, std::uintptr_t address,
                                        std::size_t size) {
    return shadow_.access(clocks_[static_cast<std::size_t>(thread)], {kind, thread, address},
                          address, size);
  }
  bool is_fine(int thread, access_kind kind, std::uintptr_t address, std::size_t size = 1) {
    return !access(thread, kind, address, size).has_value();
  }

  shadow shadow_;
  std::array<vector_clock, 2> clocks_;
};

TEST_F(FreedMemory, IsNobodysAnyMore) {
  EXPECT_TRUE(is_fine(0, access_kind::free, 0x1008, 100));
  for (const auto kind : {access_kind::read, access_kind::write, access_kind::atomic_read,
                          access_kind::atomic_write, access_kind::free}) {
    EXPECT_TRUE(is_fine(0, access_kind::read, 0x1007));
    EXPECT_FALSE(is_fine(0, kind, 0x1008));
    EXPECT_FALSE(is_fine(0, kind, 0x1000, 16));
    EXPECT_FALSE(is_fine(1, kind, 0x106B));
    EXPECT_TRUE(is_fine(1, access_kind::read, 0x106C));
  }
}

TEST_F(FreedMemory, IsNotUsedByWhatHasNoBytes) {
  EXPECT_TRUE(is_fine(0, access_kind::free, 0x1000, 64));
  EXPECT_TRUE(is_fine(0, access_kind::read, 0x1010, 0));
  EXPECT_TRUE(is_fine(0, access_kind::free, 0x2010, 0));
  EXPECT_TRUE(is_fine(0, access_kind::read, 0x2000, 64));
}

TEST_F(FreedMemory, IsReportedWithWhoHasGivenItBack) {
  EXPECT_TRUE(is_fine(0, access_kind::free, 0x1000, 64));
  const auto by_the_same = access(0, access_kind::read, 0x1010, 4);
  ASSERT_TRUE(by_the_same);
  EXPECT_EQ(by_the_same->earlier.kind, access_kind::free);
  EXPECT_EQ(by_the_same->earlier.place, 0x1000U);
  EXPECT_EQ(by_the_same->later.place, 0x1010U);
  EXPECT_EQ(by_the_same->address, 0x1010U);
  EXPECT_EQ(by_the_same->size, 4U);
  EXPECT_TRUE(by_the_same->ordered);
  const auto by_another = access(1, access_kind::read, 0x1010, 4);
  ASSERT_TRUE(by_another);
  EXPECT_FALSE(by_another->ordered) << "a race besides: next time it comes before";
}

TEST_F(FreedMemory, MustNotBeInUse) {
  for (const auto kind : {access_kind::read, access_kind::write, access_kind::atomic_read,
                          access_kind::atomic_write}) {
    shadow_.start();
    EXPECT_TRUE(is_fine(1, kind, 0x1000 + 9 * 4096, 2));
    const auto found = access(0, access_kind::free, 0x1000, 10 * 4096);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->earlier.thread, 1);
    EXPECT_EQ(found->later.kind, access_kind::free);
    EXPECT_EQ(found->address, 0x1000U + 9 * 4096);
    EXPECT_EQ(found->size, 2U);
    EXPECT_FALSE(found->ordered);
  }
}

TEST_F(FreedMemory, MayHaveBeenUsedBefore) {
  EXPECT_TRUE(is_fine(1, access_kind::write, 0x1000, 64));
  clocks_[0].learn(clocks_[1]);
  EXPECT_TRUE(is_fine(0, access_kind::free, 0x1000, 64));
}

TEST_F(FreedMemory, HasNoHistoryWhenItIsGivenOutAgain) {
  EXPECT_TRUE(is_fine(0, access_kind::write, 0x1000, 64));
  EXPECT_TRUE(is_fine(0, access_kind::free, 0x1000, 64));
  shadow_.fresh(0x1000, 32);
  EXPECT_TRUE(is_fine(1, access_kind::write, 0x1000, 32));
  EXPECT_FALSE(is_fine(1, access_kind::write, 0x1020)) << "the rest is still free";
}

TEST_F(FreedMemory, FreshMemoryNeedNotHaveBeenFree) {
  EXPECT_TRUE(is_fine(0, access_kind::write, 0x1000, 64));
  shadow_.fresh(0x1004, 20);
  EXPECT_FALSE(is_fine(1, access_kind::write, 0x1003));
  EXPECT_TRUE(is_fine(1, access_kind::write, 0x1004, 20));
  EXPECT_FALSE(is_fine(1, access_kind::write, 0x1018));
}

TEST_F(FreedMemory, LargeBlocksCostNoMoreThanSmallOnes) {
  constexpr std::size_t large = std::size_t{1} << 40U;
  constexpr std::uintptr_t address = std::uintptr_t{1} << 42U;
  EXPECT_TRUE(is_fine(0, access_kind::write, address + large / 2));
  EXPECT_TRUE(is_fine(0, access_kind::free, address, large));
  EXPECT_FALSE(is_fine(0, access_kind::read, address + large / 2));
  EXPECT_FALSE(is_fine(0, access_kind::read, address + large - 1));
  shadow_.fresh(address, large);
  EXPECT_TRUE(is_fine(1, access_kind::read, address + large / 2));
  EXPECT_EQ(shadow_.limit_reached(), nullptr);
}

TEST_F(FreedMemory, SaysWhenThereAreTooManyBlocks) {
  const auto fill = [&] {
    shadow_.start();
    for (std::uintptr_t i = 0; i < shadow::most_blocks; ++i) {
      EXPECT_TRUE(is_fine(0, access_kind::free, 0x10000 + 16 * i, 16));
    }
    EXPECT_EQ(shadow_.limit_reached(), nullptr);
  };
  fill();
  EXPECT_TRUE(is_fine(0, access_kind::free, 0x1000, 16));
  EXPECT_NE(shadow_.limit_reached(), nullptr) << "no room for one more";
  fill();
  shadow_.fresh(0x10000, 16);
  EXPECT_TRUE(is_fine(0, access_kind::free, 0x10000, 16)) << "there was room for one";
  EXPECT_EQ(shadow_.limit_reached(), nullptr);
  shadow_.fresh(0x10004, 4);
  EXPECT_NE(shadow_.limit_reached(), nullptr) << "two pieces are left of one";
}

TEST_F(FreedMemory, GivingBackAndOutForEverNeedsNoMoreRoom) {
  for (std::uintptr_t i = 0; i < 50000; ++i) {
    const std::uintptr_t address = 0x10000 + 64 * (i % 7);
    shadow_.fresh(address, 64);
    EXPECT_TRUE(is_fine(0, access_kind::write, address, 64));
    EXPECT_TRUE(is_fine(0, access_kind::free, address, 64));
  }
  EXPECT_EQ(shadow_.limit_reached(), nullptr);
}

// Against a map of bytes.
TEST(FreedBlocks, HoldExactlyTheBytesThatAreFree) {
  std::mt19937 random(1);
  freed_blocks blocks(100);
  std::map<std::uintptr_t, std::uintptr_t> owner_of_free_byte;
  for (std::uintptr_t step = 1; step <= 20000; ++step) {
    const std::uintptr_t begin = 100 + random() % 60;
    const std::uintptr_t end = begin + 1 + random() % 20;
    const auto first = owner_of_free_byte.lower_bound(begin);
    const bool any_free = first != owner_of_free_byte.end() && first->first < end;
    const freed_blocks::block* const found = blocks.find(begin, end);
    ASSERT_EQ(found != nullptr, any_free);
    if (any_free) {
      ASSERT_EQ(found->by.place, first->second);
    }
    if (random() % 2 == 0) {
      ASSERT_TRUE(blocks.cut(begin, end));
      owner_of_free_byte.erase(first, owner_of_free_byte.lower_bound(end));
    } else if (!any_free) {
      ASSERT_TRUE(blocks.add({begin, end, {access_kind::free, 0, step}, 1}));
      for (std::uintptr_t i = begin; i < end; ++i) owner_of_free_byte[i] = step;
    }
  }
}

}  // namespace
}  // namespace workbook::harness::memory
