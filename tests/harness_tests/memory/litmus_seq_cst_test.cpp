// The single total order of all seq_cst operations and fences: [atomics.order]/4.
#include <gtest/gtest.h>

#include <initializer_list>

#include "litmus.hpp"

namespace workbook::harness::memory {
namespace {

using namespace litmus;

const outcome_set in_order = {"0|1", "1|0", "1|1"};
const outcome_set all_of_two = {"0|0", "0|1", "1|0", "1|1"};

outcome_set store_buffering(thread_program first, thread_program second) {
  return outcomes({std::move(first), std::move(second)});
}

TEST(LitmusSeqCst, StoreBufferingNeedsAllFourToBeSeqCst) {
  for (const auto store_x : {relaxed, release, seq_cst}) {
    for (const auto load_y : {relaxed, acquire, seq_cst}) {
      for (const auto store_y : {relaxed, release, seq_cst}) {
        for (const auto load_x : {relaxed, acquire, seq_cst}) {
          const bool all = store_x == seq_cst && load_y == seq_cst &&  //
                           store_y == seq_cst && load_x == seq_cst;
          EXPECT_EQ(store_buffering({store(x, 1, store_x), load(y, load_y)},
                                    {store(y, 1, store_y), load(x, load_x)}),
                    all ? in_order : all_of_two)
              << int(store_x) << int(load_y) << int(store_y) << int(load_x);
        }
      }
    }
  }
}

TEST(LitmusSeqCst, DekkerNeedsASeqCstFenceOnBothSides) {
  for (const auto one : {relaxed, acquire, release, acq_rel, seq_cst}) {
    for (const auto other : {relaxed, acquire, release, acq_rel, seq_cst}) {
      EXPECT_EQ(store_buffering({store(x, 1, relaxed), fence(one), load(y, relaxed)},
                                {store(y, 1, relaxed), fence(other), load(x, relaxed)}),
                one == seq_cst && other == seq_cst ? in_order : all_of_two)
          << int(one) << ", " << int(other);
    }
  }
}

TEST(LitmusSeqCst, AFenceOnOneSideNeedsBothOperationsOfTheOther) {
  const thread_program fenced = {store(x, 1, relaxed), fence(seq_cst), load(y, relaxed)};
  EXPECT_EQ(store_buffering(fenced, {store(y, 1, seq_cst), load(x, seq_cst)}), in_order);
  EXPECT_EQ(store_buffering(fenced, {store(y, 1, seq_cst), load(x, acquire)}), all_of_two);
  EXPECT_EQ(store_buffering(fenced, {store(y, 1, release), load(x, seq_cst)}), all_of_two);
}

TEST(LitmusSeqCst, AFenceInTheWrongPlaceIsNone) {
  const thread_program fenced = {store(x, 1, relaxed), fence(seq_cst), load(y, relaxed)};
  EXPECT_EQ(store_buffering(fenced, {fence(seq_cst), store(y, 1, relaxed), load(x, relaxed)}),
            all_of_two);
  EXPECT_EQ(store_buffering(fenced, {store(y, 1, relaxed), load(x, relaxed), fence(seq_cst)}),
            all_of_two);
}

TEST(LitmusSeqCst, ASeqCstReadModifyWriteIsNoFence) {
  EXPECT_EQ(outcomes({{exchange(x, 1, seq_cst), load(y, acquire)},
                      {exchange(y, 1, seq_cst), load(x, acquire)}}),
            (outcome_set{"0 0|0 0", "0 0|0 1", "0 1|0 0", "0 1|0 1"}));
}

// Independent reads of independent writes: do two readers see them in the same order?
outcome_set two_readers(std::memory_order with, thread_program third, thread_program fourth) {
  return outcomes({{store(x, 1, with)}, {store(y, 1, with)}, std::move(third), std::move(fourth)});
}

outcome_set all_of_two_readers() {
  outcome_set all;
  for (const char* const third : {"0 0", "0 1", "1 0", "1 1"}) {
    for (const char* const fourth : {"0 0", "0 1", "1 0", "1 1"}) {
      all.insert(std::string(third) + "|" + fourth);
    }
  }
  return all;
}

outcome_set readers_that_agree() {
  outcome_set all = all_of_two_readers();
  all.erase("1 0|1 0");
  return all;
}

TEST(LitmusSeqCst, ReadersAgreeIfTheirLoadsAreSeqCst) {
  for (const auto with : {relaxed, release, seq_cst}) {
    for (const auto by : {relaxed, acquire, seq_cst}) {
      EXPECT_EQ(two_readers(with, {load(x, by), load(y, by)}, {load(y, by), load(x, by)}),
                by == seq_cst ? readers_that_agree() : all_of_two_readers())
          << int(with) << ", " << int(by);
    }
  }
  EXPECT_EQ(two_readers(seq_cst, {load(x, seq_cst), load(y, seq_cst)},
                        {load(y, seq_cst), load(x, acquire)}),
            all_of_two_readers());
}

TEST(LitmusSeqCst, ReadersAgreeIfTheyHaveSeqCstFencesBetweenTheirLoads) {
  for (const auto order : {acq_rel, seq_cst}) {
    EXPECT_EQ(two_readers(relaxed, {load(x, relaxed), fence(order), load(y, relaxed)},
                          {load(y, relaxed), fence(order), load(x, relaxed)}),
              order == seq_cst ? readers_that_agree() : all_of_two_readers())
        << int(order);
  }
}

TEST(LitmusSeqCst, AFenceIsHandedOnWithWhatIsKnown) {
  // If T0 reads 0, its load comes before T1's fence in S (4.2), and its store before its load. T2
  // knows of that fence, and so must not miss that store (4.3), of which nobody has told it.
  const auto seen = [](std::memory_order with, std::memory_order by) {
    return outcomes({{store(x, 1, seq_cst), load(y, seq_cst)},
                     {store(y, 1, relaxed), fence(seq_cst), store(z, 1, with)},
                     {load(z, by), load(x, relaxed)}});
  };
  const outcome_set all = {"0|0 0", "0|0 1", "0|1 0", "0|1 1",  //
                           "1|0 0", "1|0 1", "1|1 0", "1|1 1"};
  outcome_set ordered = all;
  ordered.erase("0|1 0");
  EXPECT_EQ(seen(release, acquire), ordered);
  EXPECT_EQ(seen(release, relaxed), all);
  EXPECT_EQ(seen(relaxed, acquire), ordered) << "after a fence each store passes it on";
}

TEST(LitmusSeqCst, WhatAFenceKnowsIsBehindAllLaterOnes) {
  // The store to x is known to T1's fence without being T1's own (4.4).
  EXPECT_EQ(outcomes({{store(x, 1, release)},
                      {wait_for(x, 1, acquire), fence(seq_cst), load(y, relaxed)},
                      {store(y, 1, relaxed), fence(seq_cst), load(x, relaxed)}}),
            (outcome_set{"1 0|1", "1 1|0", "1 1|1"}));
}

TEST(LitmusSeqCst, WhatIsOnceBehindStaysBehind) {
  // T1's first load of x precedes its load of y, which precedes T2's fence if it reads 0. That T1 or
  // T2 are seen in S once more later on changes nothing.
  EXPECT_EQ(outcomes({{store(x, 1, relaxed)},
                      {wait_for(x, 1, seq_cst), load(y, seq_cst), load(x, seq_cst)},
                      {store(y, 1, relaxed), fence(seq_cst), load(x, relaxed)}}),
            (outcome_set{"1 0 1|1", "1 1 1|0", "1 1 1|1"}));
  EXPECT_EQ(outcomes({{store(x, 1, relaxed), fence(seq_cst), load(y, relaxed), fence(seq_cst)},
                      {store(y, 1, relaxed), fence(seq_cst), load(x, relaxed)}}),
            in_order);
}

TEST(LitmusSeqCst, WhatOthersHaveSeenWithoutSeqCstMayBeMissed) {
  EXPECT_EQ(outcomes({{store(x, 1, release)},
                      {wait_for(x, 1, acquire), store(y, 1, relaxed)},
                      {wait_for(y, 1, relaxed), load(x, seq_cst)}}),
            (outcome_set{"1|1 0", "1|1 1"}));
}

TEST(LitmusSeqCst, TheLastStoreAgreesWithTheOrder) {
  const auto last_store = [](std::memory_order with, std::memory_order by, std::memory_order f) {
    return outcomes({{store(x, 1, with), fence(f), store(y, 1, with)},
                     {store(y, 2, with), fence(f), load(x, by)}},
                    {.after = {load(y, relaxed)}});
  };
  const outcome_set ordered = {"0|1", "1|1", "1|2"};
  const outcome_set all = {"0|1", "0|2", "1|1", "1|2"};
  EXPECT_EQ(last_store(seq_cst, seq_cst, relaxed), ordered);
  EXPECT_EQ(last_store(relaxed, relaxed, seq_cst), ordered);
  EXPECT_EQ(last_store(release, acquire, relaxed), all);
  EXPECT_EQ(last_store(release, acquire, acq_rel), all);
  EXPECT_EQ(last_store(seq_cst, acquire, relaxed), all);
}

}  // namespace
}  // namespace workbook::harness::memory
