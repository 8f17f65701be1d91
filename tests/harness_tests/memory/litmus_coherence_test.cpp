// One object, whatever the orders: [intro.races]/15 to /18.
#include <gtest/gtest.h>

#include "litmus.hpp"

namespace workbook::harness::memory {
namespace {

using namespace litmus;

TEST(LitmusCoherence, AReadAfterAReadIsNotOlder) {
  for (const auto first : {relaxed, acquire, seq_cst}) {
    for (const auto second : {relaxed, acquire, seq_cst}) {
      EXPECT_EQ(outcomes({{store(x, 1, relaxed)}, {load(x, first), load(x, second)}}),
                (outcome_set{"0 0", "0 1", "1 1"}));
    }
  }
}

TEST(LitmusCoherence, AReadAfterAWriteIsNotOlder) {
  EXPECT_EQ(outcomes({{store(x, 1, relaxed), load(x, relaxed)}, {store(x, 2, relaxed)}}),
            (outcome_set{"1", "2"}));
}

TEST(LitmusCoherence, AWriteAfterAReadIsNewer) {
  EXPECT_EQ(outcomes({{load(x, relaxed), store(x, 1, relaxed)},  //
                      {store(x, 2, relaxed)}},
                     {.after = {load(x, relaxed)}}),
            (outcome_set{"0|1", "0|2", "2|1"}));
}

TEST(LitmusCoherence, AWriteAfterAWriteIsNewer) {
  EXPECT_EQ(outcomes({{store(x, 1, relaxed), store(x, 2, relaxed)},  //
                      {load(x, relaxed), load(x, relaxed)}}),
            (outcome_set{"0 0", "0 1", "0 2", "1 1", "1 2", "2 2"}));
}

TEST(LitmusCoherence, AReadAfterAReadOfAnotherThreadIsNotOlderIfItHappensAfter) {
  EXPECT_EQ(outcomes({{store(x, 1, relaxed)},
                      {wait_for(x, 1, relaxed), store(y, 1, release), load(x, relaxed)},
                      {wait_for(y, 1, acquire), load(x, relaxed)}}),
            (outcome_set{"1 1|1 1"}));
  EXPECT_EQ(outcomes({{store(x, 1, relaxed)},
                      {store(y, 1, release), wait_for(x, 1, relaxed), store(z, 1, relaxed)},
                      {wait_for(z, 1, relaxed), wait_for(y, 1, acquire), load(x, relaxed)}}),
            (outcome_set{"1|1 1 0", "1|1 1 1"}))
      << "but it does not";
}

TEST(LitmusCoherence, AWriteAfterAWriteOfAnotherThreadIsNewerIfItHappensAfter) {
  EXPECT_EQ(outcomes({{store(x, 1, relaxed), store(y, 1, release)},
                      {wait_for(y, 1, acquire), store(x, 2, relaxed)}},
                     {.after = {load(x, relaxed)}}),
            (outcome_set{"1|2"}));
}

TEST(LitmusCoherence, AllSeeTheSameModificationOrder) {
  const thread_program twice = {load(x, relaxed), load(x, relaxed)};
  outcome_set expected;
  for (const auto& order : {outcome_set{"0 0", "0 1", "0 2", "1 1", "1 2", "2 2"},
                            outcome_set{"0 0", "0 1", "0 2", "1 1", "2 1", "2 2"}}) {
    for (const auto& one : order) {
      for (const auto& other : order) expected.insert(one + "|" + other);
    }
  }
  EXPECT_EQ(expected.size(), 47U);
  EXPECT_EQ(outcomes({{store(x, 1, relaxed)}, {store(x, 2, relaxed)}, twice, twice}), expected);
}

TEST(LitmusCoherence, WhatHappensBeforeTheThreadsBeginIsSeenByAll) {
  EXPECT_EQ(outcomes({{load(x, relaxed)}}, {.before = {store(x, 1, relaxed)}}), (outcome_set{"1"}));
}

TEST(LitmusCoherence, WhoeverHasJoinedSeesAll) {
  const std::vector<thread_program> threads = {{store(x, 1, relaxed)}};
  EXPECT_EQ(outcomes(threads, {.after = {load(x, relaxed)}}), (outcome_set{"1"}));
  EXPECT_EQ(outcomes(threads, {.after = {load(x, relaxed)}, .joins = false}),
            (outcome_set{"0", "1"}));
}

TEST(LitmusCoherence, WhoeverHasTheMutexSeesWhatWasDoneUnderIt) {
  const thread_program under_mutex = {lock(mutex), store(x, 1, relaxed), store(y, 1, relaxed),
                                      unlock(mutex)};
  EXPECT_EQ(
      outcomes({under_mutex, {lock(mutex), load(y, relaxed), load(x, relaxed), unlock(mutex)}}),
      (outcome_set{"0 0", "1 1"}));
  EXPECT_EQ(outcomes({under_mutex, {load(y, relaxed), load(x, relaxed)}}),
            (outcome_set{"0 0", "0 1", "1 0", "1 1"}));
}

TEST(LitmusCoherence, AFutexComparesWithTheNewest) {
  const thread_program two_stores = {store(x, 1, relaxed), store(y, 1, relaxed)};
  EXPECT_EQ(outcomes({two_stores, {wait_for(y, 1, relaxed), load(x, relaxed)}}),
            (outcome_set{"1 0", "1 1"}));
  EXPECT_EQ(outcomes({two_stores, {wait_for(y, 1, relaxed), kernel_look(x)}}),
            (outcome_set{"1 1"}));
  EXPECT_EQ(outcomes({two_stores, {wait_for(y, 1, relaxed), kernel_look(x), load(x, relaxed)}}),
            (outcome_set{"1 1 1"}));
}

TEST(LitmusCoherence, AFutexOrdersNothingElse) {
  EXPECT_TRUE(races({{write(data), store(x, 1, release)},  //
                     {kernel_look(x), read(data).if_read(0, 1)}}));
}

}  // namespace
}  // namespace workbook::harness::memory
