// Plain accesses: which pairs are a race, and where.
#include "harness/memory/shadow.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace workbook::harness::memory {
namespace {

using enum access_kind;

/// Three threads, none of which knows anything of the others at first.
class Shadow : public testing::Test {
 protected:
  Shadow() { forget_clocks(); }

  void forget_clocks() {
    for (int i = 0; i < 3; ++i) {
      clock(i) = {};
      clock(i).set(i, 1);
    }
  }
  vector_clock& clock(int thread) { return clocks_[static_cast<std::size_t>(thread)]; }
  /// From now on `to` knows what `from` has done: by a mutex, a join, or whatever.
  void tell(int from, int to) {
    clock(to).learn(clock(from));
    clock(from).set(from, clock(from).of(from) + 1);
  }

  std::optional<memory_conflict> access(int thread, access_kind kind, std::uintptr_t address,
                                        std::size_t size = 4, std::uintptr_t place = 0) {
    return shadow_.access(clock(thread), {kind, thread, place}, address, size);
  }
  bool collides(int thread, access_kind kind, std::uintptr_t address, std::size_t size = 4) {
    return access(thread, kind, address, size).has_value();
  }
  void start() {
    shadow_.start();
    forget_clocks();
  }

  shadow shadow_;
  std::array<vector_clock, 3> clocks_;
};

constexpr auto all_kinds = {read, write, atomic_read, atomic_write, free};

TEST_F(Shadow, APairIsARaceIfOneWritesAndOneIsPlain) {
  const auto is_write = [](access_kind it) {
    return it == write || it == atomic_write || it == free;
  };
  const auto is_atomic = [](access_kind it) { return it == atomic_read || it == atomic_write; };
  for (const auto first : all_kinds) {
    for (const auto second : all_kinds) {
      const bool race =
          (is_write(first) || is_write(second)) && !(is_atomic(first) && is_atomic(second));
      start();
      EXPECT_FALSE(collides(0, first, 0x1000));
      EXPECT_EQ(collides(1, second, 0x1000), race || first == free)
          << int(first) << ", " << int(second);
      start();
      EXPECT_FALSE(collides(0, first, 0x1000));
      tell(0, 1);
      EXPECT_EQ(collides(1, second, 0x1000), first == free) << "ordered: " << int(second);
      start();
      EXPECT_FALSE(collides(0, first, 0x1000));
      EXPECT_EQ(collides(0, second, 0x1000), first == free) << "of one thread: " << int(second);
    }
  }
}

TEST_F(Shadow, ToldBeforeIsNotToldAfter) {
  tell(0, 1);
  EXPECT_FALSE(collides(0, write, 0x1000));
  EXPECT_TRUE(collides(1, read, 0x1000));
}

TEST_F(Shadow, ToldByAThirdIsTold) {
  EXPECT_FALSE(collides(0, write, 0x1000));
  tell(0, 2);
  tell(2, 1);
  EXPECT_FALSE(collides(1, write, 0x1000));
  EXPECT_TRUE(collides(2, read, 0x1000)) << "and that one does not know of the last write";
}

TEST_F(Shadow, AccessesCollideIfTheyShareAByte) {
  for (const std::size_t first : {1U, 2U, 4U, 8U, 16U}) {
    for (const std::size_t second : {1U, 2U, 4U, 8U, 16U}) {
      for (std::uintptr_t at = 0x1000 - second - 1; at <= 0x1000 + first + 1; ++at) {
        start();
        EXPECT_FALSE(collides(0, write, 0x1000, first));
        EXPECT_EQ(collides(1, read, at, second), at + second > 0x1000 && at < 0x1000 + first)
            << first << " and " << second << " at " << at - 0x1000;
      }
    }
  }
}

TEST_F(Shadow, UnalignedAccessesCollideInTheWordBehind) {
  EXPECT_FALSE(collides(0, write, 0x1005, 8));
  EXPECT_FALSE(collides(1, write, 0x1000, 5));
  EXPECT_FALSE(collides(1, write, 0x100D, 3));
  EXPECT_TRUE(collides(1, read, 0x100C, 1));
}

TEST_F(Shadow, ARangeCollidesInItsLastByte) {
  EXPECT_FALSE(collides(0, read, 0x1000, 5000));
  EXPECT_FALSE(collides(1, write, 0x1000 + 5000, 1));
  EXPECT_TRUE(collides(1, write, 0x1000 + 4999, 1));
  EXPECT_FALSE(collides(1, read, 0x1000, 0)) << "no byte";
}

TEST_F(Shadow, BothAccessesAreReportedWithTheirPlaces) {
  EXPECT_FALSE(access(0, write, 0x1002, 4, 111));
  const auto found = access(1, read, 0x1000, 16, 222);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->earlier.kind, write);
  EXPECT_EQ(found->earlier.thread, 0);
  EXPECT_EQ(found->earlier.place, 111U);
  EXPECT_EQ(found->later.kind, read);
  EXPECT_EQ(found->later.thread, 1);
  EXPECT_EQ(found->later.place, 222U);
  EXPECT_EQ(found->address, 0x1002U);
  EXPECT_EQ(found->size, 4U);
  EXPECT_FALSE(found->ordered);
}

TEST_F(Shadow, AReadOfOneThreadDoesNotHideThatOfAnother) {
  EXPECT_FALSE(collides(0, read, 0x1000));
  EXPECT_FALSE(collides(1, read, 0x1000));
  tell(1, 2);
  EXPECT_TRUE(collides(2, write, 0x1000)) << "thread 0 has told nobody";
}

TEST_F(Shadow, AReadDoesNotHideTheWriteBeforeIt) {
  EXPECT_FALSE(collides(0, write, 0x1000));
  tell(0, 1);
  EXPECT_FALSE(collides(1, read, 0x1000));
  EXPECT_TRUE(collides(2, read, 0x1000));
}

TEST_F(Shadow, AnAtomicWriteDoesNotHideThePlainOneBeforeIt) {
  EXPECT_FALSE(collides(0, write, 0x1000));
  EXPECT_FALSE(collides(0, atomic_write, 0x1000));
  EXPECT_TRUE(collides(1, atomic_read, 0x1000)) << "initialised, but nobody has told";
  start();
  EXPECT_FALSE(collides(0, write, 0x1000));
  tell(0, 1);
  EXPECT_FALSE(collides(1, atomic_write, 0x1000));
  EXPECT_TRUE(collides(2, atomic_write, 0x1000));
}

TEST_F(Shadow, AnAtomicReadDoesNotHideThePlainReadBeforeIt) {
  EXPECT_FALSE(collides(0, read, 0x1000));
  EXPECT_FALSE(collides(0, atomic_read, 0x1000));
  EXPECT_TRUE(collides(1, atomic_write, 0x1000));
}

TEST_F(Shadow, AWriteToSomeBytesDoesNotHideTheOthers) {
  EXPECT_FALSE(collides(0, write, 0x1000, 8));
  tell(0, 1);
  EXPECT_FALSE(collides(1, write, 0x1002, 2));
  EXPECT_TRUE(collides(2, read, 0x1004, 1));
  start();
  EXPECT_FALSE(collides(0, write, 0x1000, 8));
  tell(0, 1);
  EXPECT_FALSE(collides(1, write, 0x1000, 8));
  tell(0, 2);
  EXPECT_TRUE(collides(2, read, 0x1004, 1)) << "who knows the first write may not know the second";
}

TEST_F(Shadow, ALaterAccessOfTheSameThreadIsNotCoveredByWhatItHadToldOf) {
  EXPECT_FALSE(collides(0, write, 0x1000));
  tell(0, 1);
  EXPECT_FALSE(collides(0, write, 0x1000));
  EXPECT_TRUE(collides(1, read, 0x1000));
}

TEST_F(Shadow, RepeatedAccessesTakeNoMoreRoom) {
  for (std::size_t i = 0; i < 2 * shadow::most_accesses; ++i) {
    EXPECT_FALSE(collides(0, i % 2 == 0 ? write : read, 0x1000));
    if (i % 3 == 0) tell(0, 1);
  }
  EXPECT_EQ(shadow_.limit_reached(), nullptr);
}

TEST_F(Shadow, ANewScheduleKnowsNothingOfTheLast) {
  EXPECT_FALSE(collides(0, write, 0x1000));
  EXPECT_FALSE(collides(0, free, 0x2000, 64));
  start();
  EXPECT_FALSE(collides(1, write, 0x1000));
  EXPECT_FALSE(collides(1, write, 0x2000));
}

TEST_F(Shadow, SaysWhenThereIsTooMuchMemory) {
  for (std::uintptr_t i = 0; i < shadow::most_words; ++i) collides(0, write, 0x10000 + 8 * i, 8);
  EXPECT_EQ(shadow_.limit_reached(), nullptr);
  EXPECT_TRUE(collides(1, read, 0x10000 + 8 * (shadow::most_words - 1), 1));
  EXPECT_FALSE(collides(0, write, 0x1000));
  ASSERT_NE(shadow_.limit_reached(), nullptr);
  EXPECT_TRUE(collides(1, read, 0x10000, 1)) << "what it says is still true";
  start();
  EXPECT_EQ(shadow_.limit_reached(), nullptr);
  EXPECT_FALSE(collides(0, read, 0x10000, std::size_t{1} << 40U)) << "and ends";
  EXPECT_NE(shadow_.limit_reached(), nullptr);
}

TEST_F(Shadow, SaysWhenThereAreTooManyAccesses) {
  for (std::uintptr_t i = 0; shadow_.limit_reached() == nullptr; ++i) {
    ASSERT_LE(i, shadow::most_accesses / 3);
    for (int thread = 0; thread < 3; ++thread) collides(thread, read, 0x10000 + 8 * i, 8);
  }
}

}  // namespace
}  // namespace workbook::harness::memory
