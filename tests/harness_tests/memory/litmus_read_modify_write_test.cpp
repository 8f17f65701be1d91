// Read-modify-writes: [atomics.order]/10. Release sequences: [intro.races]/5.
#include <gtest/gtest.h>

#include "litmus.hpp"

namespace workbook::harness::memory {
namespace {

using namespace litmus;

constexpr auto all_orders = {relaxed, consume, acquire, release, acq_rel, seq_cst};

TEST(LitmusReadModifyWrite, NoneIsLost) {
  for (const auto order : all_orders) {
    EXPECT_EQ(outcomes({{add(x, 1, order)}, {add(x, 1, order)}}, {.after = {load(x, relaxed)}}),
              (outcome_set{"0|1|2", "1|0|2"}));
  }
}

TEST(LitmusReadModifyWrite, ExactlyOneCompareExchangeWins) {
  EXPECT_EQ(outcomes({{compare_exchange(x, 0, 1, relaxed, relaxed)},
                      {compare_exchange(x, 0, 2, relaxed, relaxed)}},
                     {.after = {load(x, relaxed)}}),
            (outcome_set{"0|1|1", "2|0|2"}));
}

TEST(LitmusReadModifyWrite, ACompareExchangeNeverSucceedsWithAStaleValue) {
  EXPECT_EQ(outcomes({{store(x, 1, relaxed)}, {compare_exchange(x, 0, 2, relaxed, relaxed)}},
                     {.after = {load(x, relaxed)}}),
            (outcome_set{"0|1", "1|1"}));
}

TEST(LitmusReadModifyWrite, ACompareExchangeMayFailWithAStaleValue) {
  const thread_program two_stores = {store(x, 1, relaxed), store(x, 2, relaxed)};
  EXPECT_EQ(
      outcomes({two_stores, {wait_for(x, 1, relaxed), compare_exchange(x, 2, 3, relaxed, relaxed)}},
               {.after = {load(x, relaxed)}}),
      (outcome_set{"1 1|2", "1 2|3"}));
  EXPECT_EQ(outcomes({{store(x, 1, relaxed), store(y, 1, relaxed)},
                      {wait_for(y, 1, relaxed), compare_exchange(x, 1, 2, relaxed, relaxed)}}),
            (outcome_set{"1 0", "1 1"}));
}

TEST(LitmusReadModifyWrite, ACompareExchangeThatFailsHasItsOwnOrder) {
  const auto fails = [](std::memory_order order, std::memory_order if_it_fails) {
    return races({{write(data), store(x, 1, release)},
                  {compare_exchange(x, 5, 6, order, if_it_fails), read(data).if_read(0, 1)}});
  };
  EXPECT_FALSE(fails(relaxed, acquire));
  EXPECT_TRUE(fails(acquire, relaxed));
}

// A release sequence: T0 heads it, T1 may go on with it, T2 reads its end.
bool races_after(const thread_program& head, const thread_program& next, int last_value) {
  return races({head, next, {wait_for(x, last_value, acquire), read(data)}});
}
const thread_program head_of_sequence = {write(data), store(x, 1, release)};

TEST(LitmusReleaseSequence, ReadModifyWritesOfAnybodyGoOnWithIt) {
  for (const auto order : all_orders) {
    EXPECT_FALSE(races_after(head_of_sequence, {wait_for(x, 1, relaxed), add(x, 1, order)}, 2));
    EXPECT_FALSE(races_after(head_of_sequence,
                             {wait_for(x, 1, relaxed), add(x, 1, order), add(x, 1, relaxed)}, 3));
    EXPECT_FALSE(races_after(
        head_of_sequence, {wait_for(x, 1, relaxed), compare_exchange(x, 1, 2, order, relaxed)}, 2));
  }
}

TEST(LitmusReleaseSequence, AStoreEndsIt) {
  EXPECT_TRUE(races_after(head_of_sequence, {wait_for(x, 1, relaxed), store(x, 2, relaxed)}, 2));
}

TEST(LitmusReleaseSequence, AStoreOfTheSameThreadEndsItSinceCpp20) {
  EXPECT_TRUE(races_after({write(data), store(x, 1, release), store(x, 2, relaxed)}, {}, 2));
  EXPECT_FALSE(races_after({write(data), store(x, 1, release), store(x, 2, relaxed)}, {}, 1));
}

TEST(LitmusReleaseSequence, AStoreThatReleasesPassesOnOnlyWhatItsThreadKnows) {
  EXPECT_TRUE(races_after(head_of_sequence, {wait_for(x, 1, relaxed), store(x, 2, release)}, 2));
  EXPECT_FALSE(races_after(head_of_sequence, {wait_for(x, 1, acquire), store(x, 2, release)}, 2));
}

TEST(LitmusReleaseSequence, ReadModifyWritesAfterARelaxedStoreHaveNothingToPassOn) {
  const thread_program relaxed_head = {write(data), store(x, 1, relaxed)};
  for (const auto order : all_orders) {
    EXPECT_TRUE(races_after(relaxed_head, {wait_for(x, 1, relaxed), add(x, 1, order)}, 2));
  }
}

TEST(LitmusReleaseSequence, ACompareExchangeThatFailsDoesNotEndIt) {
  EXPECT_FALSE(races_after(head_of_sequence, {compare_exchange(x, 7, 8, relaxed, relaxed)}, 1));
}

TEST(LitmusReleaseSequence, AFenceHeadsOneWithTheStoreBehindIt) {
  const thread_program fenced = {write(data), fence(release), store(x, 1, relaxed)};
  EXPECT_FALSE(races_after(fenced, {wait_for(x, 1, relaxed), add(x, 1, relaxed)}, 2));
  EXPECT_TRUE(races_after(fenced, {wait_for(x, 1, relaxed), store(x, 2, relaxed)}, 2));
}

TEST(LitmusReleaseSequence, EachReleasingReadModifyWriteHeadsOneOfItsOwn) {
  const auto both = [](std::memory_order order) {
    return races({{write(data), add(x, 1, order)},
                  {write(more_data), add(x, 1, release)},
                  {wait_for(x, 2, acquire), read(data), read(more_data)}});
  };
  EXPECT_FALSE(both(release));
  EXPECT_TRUE(both(relaxed));
}

}  // namespace
}  // namespace workbook::harness::memory
