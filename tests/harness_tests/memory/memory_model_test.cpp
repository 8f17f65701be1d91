// What the litmus tests do not show: what a load says besides its value, memory that changes its
// use, and the limits.
#include "harness/memory/memory_model.hpp"

#include <gtest/gtest.h>

namespace workbook::harness::memory {
namespace {

constexpr auto relaxed_order = std::memory_order_relaxed;
constexpr auto acquire_order = std::memory_order_acquire;
constexpr auto release_order = std::memory_order_release;

/// An atomic int as memory holds it.
class fake_atomic {
 public:
  explicit fake_atomic(std::uintptr_t address) : address_(address) {}

  [[nodiscard]] atomic_object found() const { return {address_, 4, value_}; }
  void store(memory_model& model, int thread, std::memory_order order, unsigned value,
             const store_origin& origin = {}) {
    model.store(thread, found(), order, value, origin);
    value_ = value;
  }
  void write_unseen(unsigned value) { value_ = value; }

 private:
  std::uintptr_t address_;
  unsigned value_ = 0;
};

class MemoryModel : public testing::Test {
 protected:
  MemoryModel() { begin(); }
  /// Thread 1 is there, and knows nothing of what thread 0 does from now on.
  void begin() {
    model_.created(0, 1);
    beginning_ = model_.known_to(0).of(0);
  }

  void begin_anew() {
    model_.start();
    begin();
  }
  /// Whether thread 1 knows what thread 0 has done before it did anything else.
  [[nodiscard]] bool one_knows_zero() const { return model_.known_to(1).knows(0, beginning_); }

  memory_model model_;
  std::uint32_t beginning_ = 0;
  fake_atomic flag_{0x1000};
};

TEST_F(MemoryModel, ALoadTellsWhetherItsStoreIsTheNewestAndWhoseItIs) {
  flag_.store(model_, 0, relaxed_order, 7, {.place = 70, .trace = 700});
  flag_.store(model_, 0, relaxed_order, 8, {.place = 80, .trace = 800});
  ASSERT_EQ(model_.readable(1, flag_.found(), relaxed_order), 3);

  const loaded_value first = model_.peek(flag_.found(), 2);
  EXPECT_EQ(first.value, 0U);
  EXPECT_EQ(first.writer, no_thread);

  const loaded_value stale = model_.load(1, flag_.found(), relaxed_order, 1);
  EXPECT_EQ(stale.value, 7U);
  EXPECT_FALSE(stale.newest);
  EXPECT_EQ(stale.writer, 0);
  EXPECT_EQ(stale.origin.place, 70U);
  EXPECT_EQ(stale.origin.trace, 700U);

  const loaded_value newest = model_.load(1, flag_.found(), relaxed_order, 0);
  EXPECT_EQ(newest.value, 8U);
  EXPECT_TRUE(newest.newest);
  EXPECT_EQ(newest.origin.place, 80U);
}

TEST_F(MemoryModel, PeekingIsNoStep) {
  flag_.store(model_, 0, relaxed_order, 1);
  EXPECT_EQ(model_.peek(flag_.found(), 0).value, 1U);
  EXPECT_EQ(model_.readable(1, flag_.found(), std::memory_order_seq_cst), 2);
}

TEST_F(MemoryModel, AnExchangeTellsWhatItReplaces) {
  flag_.store(model_, 0, relaxed_order, 1, {.place = 10, .trace = 0});
  const loaded_value before = model_.exchange(1, flag_.found(), relaxed_order, 2);
  EXPECT_EQ(before.value, 1U);
  EXPECT_EQ(before.writer, 0);
  EXPECT_EQ(before.origin.place, 10U);
}

TEST_F(MemoryModel, SixteenBytesAreOneValue) {
  const atomic_value large = (static_cast<atomic_value>(1) << 100U) + 1;
  model_.store(0, {0x2000, 16, 0}, relaxed_order, large);
  EXPECT_EQ(model_.load(0, {0x2000, 16, large}, relaxed_order, 0).value, large);
}

TEST_F(MemoryModel, AThreadThatIsCreatedLaterKnowsMoreThanOneFromBefore) {
  flag_.store(model_, 0, relaxed_order, 1);
  model_.created(0, 2);
  EXPECT_EQ(model_.readable(1, flag_.found(), relaxed_order), 2);
  EXPECT_EQ(model_.readable(2, flag_.found(), relaxed_order), 1);
  EXPECT_FALSE(model_.known_to(2).knows(0, model_.known_to(0).of(0))) << "not what comes now";
}

TEST_F(MemoryModel, ANewScheduleKnowsNothingOfTheLast) {
  flag_.store(model_, 0, relaxed_order, 1);
  model_.release(0, 0x3000);
  model_.fence(0, std::memory_order_seq_cst);
  begin_anew();
  EXPECT_EQ(model_.readable(1, flag_.found(), relaxed_order), 1);
  model_.acquire(1, 0x3000);
  EXPECT_FALSE(one_knows_zero());
}

TEST_F(MemoryModel, WhatUnseenCodeStoresIsTakenAsPassedOn) {
  flag_.store(model_, 0, relaxed_order, 1);
  flag_.write_unseen(2);
  EXPECT_EQ(model_.readable(1, flag_.found(), acquire_order), 1) << "and hides what was before";
  model_.load(1, flag_.found(), acquire_order, 0);
  EXPECT_TRUE(one_knows_zero());
}

TEST_F(MemoryModel, AnAtomicThatIsNewTellsNothing) {
  flag_.write_unseen(2);
  model_.load(1, flag_.found(), acquire_order, 0);
  EXPECT_FALSE(one_knows_zero());
}

TEST_F(MemoryModel, AnotherSizeInTheSamePlaceIsTakenAsPassedOn) {
  flag_.store(model_, 0, relaxed_order, 1);
  model_.load(1, {0x1001, 1, 0}, acquire_order, 0);
  EXPECT_TRUE(one_knows_zero()) << "one byte out of the middle";
  begin_anew();
  flag_.store(model_, 0, relaxed_order, 1);
  model_.load(1, {0x1000, 1, 1}, acquire_order, 0);
  EXPECT_TRUE(one_knows_zero()) << "or at the front, of the same value";
}

TEST_F(MemoryModel, NeighboursAreDifferentObjects) {
  flag_.store(model_, 0, release_order, 1);
  model_.load(1, {0x1004, 4, 0}, acquire_order, 0);
  model_.load(1, {0xFFC, 4, 0}, acquire_order, 0);
  EXPECT_FALSE(one_knows_zero());
  EXPECT_EQ(model_.readable(1, flag_.found(), relaxed_order), 2);
}

TEST_F(MemoryModel, WhatIsWrittenPlainlyInheritsNothing) {
  for (const std::uintptr_t written : {0x1000U, 0x1003U, 0xFF9U}) {
    flag_.store(model_, 0, release_order, 1);
    EXPECT_EQ(model_.readable(1, flag_.found(), relaxed_order), 2);
    model_.forget(written, 8);
    EXPECT_EQ(model_.readable(1, flag_.found(), relaxed_order), 1) << written;
    model_.load(1, flag_.found(), acquire_order, 0);
    EXPECT_FALSE(one_knows_zero());
  }
  flag_.store(model_, 0, release_order, 1);
  model_.forget(0x1004, 8);
  model_.forget(0xFF8, 8);
  EXPECT_EQ(model_.readable(1, flag_.found(), relaxed_order), 2) << "that was beside it";
}

TEST_F(MemoryModel, AMutexInNewMemoryIsNew) {
  model_.release(0, 0x3000);
  model_.forget(0x2FF8, 8);
  model_.forget(0x3001, 8);
  model_.acquire(1, 0x3000);
  EXPECT_TRUE(one_knows_zero()) << "that was beside it";
  for (const std::uintptr_t from : {0x3000U, 0x2000U}) {
    begin_anew();
    model_.release(0, 0x3000);
    model_.forget(from, 0x2000);
    model_.acquire(1, 0x3000);
    EXPECT_FALSE(one_knows_zero());
  }
}

TEST_F(MemoryModel, ForgetsTheOldestStoresAndSaysSo) {
  for (unsigned i = 1; i < memory_model::remembered_stores; ++i) {
    flag_.store(model_, 0, relaxed_order, i);
  }
  EXPECT_EQ(model_.readable(1, flag_.found(), relaxed_order), memory_model::remembered_stores);
  EXPECT_FALSE(model_.forgot_stores());
  flag_.store(model_, 0, relaxed_order, 100);
  EXPECT_EQ(model_.readable(1, flag_.found(), relaxed_order), memory_model::remembered_stores);
  EXPECT_EQ(model_.peek(flag_.found(), memory_model::remembered_stores - 1).value, 1U);
  EXPECT_TRUE(model_.forgot_stores());
  EXPECT_EQ(model_.limit_reached(), nullptr) << "that is no reason to give up";
}

TEST_F(MemoryModel, ForgettingWhatNobodyMayReadIsNoLoss) {
  const auto count = [&] {
    for (unsigned i = 1; i < 3 * memory_model::remembered_stores; ++i) {
      flag_.store(model_, 0, relaxed_order, i);
      model_.load(1, flag_.found(), relaxed_order, 0);
    }
  };
  count();
  EXPECT_FALSE(model_.forgot_stores()) << "the other has seen them all";
  model_.created(0, 2);
  count();
  EXPECT_TRUE(model_.forgot_stores());
  model_.start();
  model_.created(0, 1);
  model_.created(0, 2);
  model_.ended(2);
  count();
  EXPECT_FALSE(model_.forgot_stores()) << "a thread that has ended reads nothing";
}

TEST_F(MemoryModel, SaysWhenThereAreTooManyAtomics) {
  for (std::uintptr_t i = 0; i < memory_model::most_atomics; ++i) {
    model_.load(0, {0x10000 + 4 * i, 4, 5}, relaxed_order, 0);
  }
  EXPECT_EQ(model_.limit_reached(), nullptr);
  EXPECT_EQ(model_.load(0, {0x1000, 4, 5}, relaxed_order, 0).value, 5U) << "what is in memory";
  ASSERT_NE(model_.limit_reached(), nullptr);
  model_.store(0, {0x1000, 4, 5}, relaxed_order, 6);
  EXPECT_EQ(model_.exchange(0, {0x1000, 4, 6}, relaxed_order, 7).value, 6U);
  model_.start();
  EXPECT_EQ(model_.limit_reached(), nullptr);
}

TEST_F(MemoryModel, SaysWhenThereAreTooManyStores) {
  static_assert(2 * memory_model::most_atomics == memory_model::most_stores);
  for (std::uintptr_t i = 0; i < memory_model::most_atomics; ++i) {
    fake_atomic(0x10000 + 4 * i).store(model_, 0, relaxed_order, 1);
  }
  EXPECT_EQ(model_.limit_reached(), nullptr);
  model_.store(0, {0x10000, 4, 1}, relaxed_order, 2);
  ASSERT_NE(model_.limit_reached(), nullptr);
  EXPECT_EQ(model_.load(0, {0x10000, 4, 2}, relaxed_order, 0).value, 2U);
}

TEST_F(MemoryModel, SaysWhenThereIsNoRoomForANewAtomic) {
  for (std::uintptr_t i = 0; model_.limit_reached() == nullptr; ++i) {
    ASSERT_LE(i, memory_model::most_stores / memory_model::remembered_stores);
    fake_atomic it(0x10000 + 4 * i);
    for (unsigned value = 1; value < memory_model::remembered_stores; ++value) {
      it.store(model_, 0, relaxed_order, value);
      EXPECT_EQ(model_.load(0, it.found(), relaxed_order, 0).value, value);
    }
  }
}

TEST_F(MemoryModel, SaysWhenThereAreTooManyMutexes) {
  for (std::uintptr_t i = 0; i < memory_model::most_sync_objects; ++i) model_.release(0, 8 * i + 8);
  EXPECT_EQ(model_.limit_reached(), nullptr);
  model_.acquire(0, 8);
  EXPECT_EQ(model_.limit_reached(), nullptr);
  model_.acquire(0, 0x100000);
  EXPECT_NE(model_.limit_reached(), nullptr);
}

TEST_F(MemoryModel, ALongScheduleNeedsNoMoreRoom) {
  for (unsigned i = 1; i <= 20000; ++i) {
    flag_.store(model_, 0, release_order, i);
    model_.load(1, flag_.found(), acquire_order, 0);
    fake_atomic local(0x9000);
    local.store(model_, 1, release_order, i);
    model_.forget(0x9000, 4);
    model_.release(0, 0xA000);
    model_.forget(0xA000, 40);
  }
  EXPECT_EQ(model_.limit_reached(), nullptr);
  EXPECT_FALSE(model_.forgot_stores());
}

}  // namespace
}  // namespace workbook::harness::memory
