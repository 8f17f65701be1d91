// One thread gets something ready and says so; another hears of it.
#include <gtest/gtest.h>

#include <initializer_list>

#include "litmus.hpp"

namespace workbook::harness::memory {
namespace {

using namespace litmus;

constexpr auto orders_of_store = {relaxed, release, seq_cst};
constexpr auto orders_of_load = {relaxed, consume, acquire, seq_cst};

bool passes_on(std::memory_order store, std::memory_order load) {
  return store != relaxed && load != relaxed;
}

TEST(LitmusPublishing, PlainDataNeedsReleaseAndAcquire) {
  for (const auto with : orders_of_store) {
    for (const auto by : orders_of_load) {
      const auto seen = outcomes({{write(data), store(x, 1, with)},  //
                                  {load(x, by), read(data).if_read(0, 1)}});
      EXPECT_EQ(seen.contains("race"), !passes_on(with, by)) << int(with) << ", " << int(by);
      if (passes_on(with, by)) {
        EXPECT_EQ(seen, (outcome_set{"0", "1"}));
      }
    }
  }
}

TEST(LitmusPublishing, AnAtomicThatIsNotPassedOnMayBeStale) {
  for (const auto with : orders_of_store) {
    for (const auto by : orders_of_load) {
      outcome_set expected = {"0 0", "0 1", "1 1"};
      if (!passes_on(with, by)) expected.insert("1 0");
      EXPECT_EQ(outcomes({{store(y, 1, relaxed), store(x, 1, with)},  //
                          {load(x, by), load(y, relaxed)}}),
                expected)
          << int(with) << ", " << int(by);
    }
  }
}

TEST(LitmusPublishing, AReadModifyWritePublishesByItsOrder) {
  for (const auto with : {relaxed, acquire, release, acq_rel, seq_cst}) {
    for (const auto by : {relaxed, acquire, release, acq_rel, seq_cst}) {
      const bool releases = with != relaxed && with != acquire;
      const bool acquires = by != relaxed && by != release;
      EXPECT_EQ(races({{write(data), exchange(x, 1, with)},  //
                       {add(x, 1, by), read(data).if_read(0, 1)}}),
                !(releases && acquires))
          << int(with) << ", " << int(by);
    }
  }
}

TEST(LitmusPublishing, WhoReadsAnOlderValueHearsNothing) {
  EXPECT_TRUE(races({{write(data), store(x, 1, release)},  //
                     {load(x, acquire), read(data).if_read(0, 0)}}));
}

TEST(LitmusPublishing, OnlyWhatComesBeforeTheStoreIsPublished) {
  // y is no help, but makes T1 come last.
  EXPECT_TRUE(races({{store(x, 1, release), write(data), store(y, 1, relaxed)},
                     {wait_for(y, 1, relaxed), wait_for(x, 1, acquire), read(data)}}));
  EXPECT_FALSE(races({{write(data), store(x, 1, release), store(y, 1, relaxed)},
                      {wait_for(y, 1, relaxed), wait_for(x, 1, acquire), read(data)}}));
}

TEST(LitmusPublishing, TheWriterHearsNothingOfTheReader) {
  EXPECT_TRUE(races({{wait_for(y, 1, relaxed), write(data), store(x, 1, release)},
                     {read(data), store(y, 1, relaxed), load(x, acquire)}}));
}

// T0 tells T1, and T1 tells T2, through another atomic.
bool races_over_two_links(std::memory_order store_1, std::memory_order load_1,
                          std::memory_order store_2, std::memory_order load_2) {
  return races({{write(data), store(x, 1, store_1)},
                {wait_for(x, 1, load_1), store(y, 1, store_2)},
                {wait_for(y, 1, load_2), read(data)}});
}

TEST(LitmusPublishing, NewsTravelsOnWithEveryLinkInOrder) {
  EXPECT_FALSE(races_over_two_links(release, acquire, release, acquire));
  EXPECT_TRUE(races_over_two_links(relaxed, acquire, release, acquire));
  EXPECT_TRUE(races_over_two_links(release, relaxed, release, acquire));
  EXPECT_TRUE(races_over_two_links(release, acquire, relaxed, acquire));
  EXPECT_TRUE(races_over_two_links(release, acquire, release, relaxed));
}

TEST(LitmusPublishing, WhatAMiddlemanHasSeenIsSeenByAll) {
  const auto causality = [](std::memory_order with, std::memory_order by) {
    return outcomes({{store(x, 1, relaxed)},
                     {load(x, relaxed), store(y, 1, with)},
                     {load(y, by), load(x, relaxed)}});
  };
  const outcome_set all = {"0|0 0", "0|0 1", "0|1 0", "0|1 1",  //
                           "1|0 0", "1|0 1", "1|1 0", "1|1 1"};
  outcome_set coherent = all;
  coherent.erase("1|1 0");
  EXPECT_EQ(causality(release, acquire), coherent);
  EXPECT_EQ(causality(relaxed, acquire), all);
  EXPECT_EQ(causality(release, relaxed), all);
}

// What the model cannot show, and says so (memory_model.hpp).

TEST(LitmusPublishing, NothingComesFromTheFuture) {
  const auto load_buffering = outcomes({{load(x, relaxed), store(y, 1, relaxed)},  //
                                        {load(y, relaxed), store(x, 1, relaxed)}});
  EXPECT_EQ(load_buffering, (outcome_set{"0|0", "0|1", "1|0"})) << "the standard has 1|1, too";

  const auto crossed_stores = outcomes(
      {{store(x, 1, relaxed), store(y, 2, relaxed)}, {store(y, 1, relaxed), store(x, 2, relaxed)}},
      {.after = {load(x, relaxed), load(y, relaxed)}});
  EXPECT_EQ(crossed_stores, (outcome_set{"1 2", "2 1", "2 2"})) << "the standard has 1 1, too";

  const auto store_before_its_cause = outcomes({{store(x, 2, relaxed), store(y, 1, relaxed)},  //
                                                {load(y, relaxed), store(x, 1, relaxed)}},
                                               {.after = {load(x, relaxed)}});
  EXPECT_EQ(store_before_its_cause, (outcome_set{"0|1", "0|2", "1|1"})) << "and 1|2, too";

  const auto crossed_with_exchanges = outcomes({{store(x, 1, relaxed), exchange(y, 2, relaxed)},
                                                {store(y, 1, relaxed), exchange(x, 2, relaxed)}});
  EXPECT_EQ(crossed_with_exchanges, (outcome_set{"0|1", "1|0", "1|1"})) << "and 0|0, too";
}

TEST(LitmusPublishing, TheOrderOfSeqCstNeverContradictsHappensBefore) {
  const auto mixed = outcomes({{store(x, 1, seq_cst), store(y, 1, release)},
                               {add(y, 1, seq_cst), load(y, relaxed)},
                               {store(y, 3, seq_cst), load(x, seq_cst)}});
  EXPECT_FALSE(mixed.contains("1 3|0")) << "the standard has it since C++20";
}

}  // namespace
}  // namespace workbook::harness::memory
