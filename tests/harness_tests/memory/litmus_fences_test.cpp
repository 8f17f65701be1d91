// Fences: [atomics.fences]/2 to /4.
#include <gtest/gtest.h>

#include "litmus.hpp"

namespace workbook::harness::memory {
namespace {

using namespace litmus;

constexpr auto orders_of_fence = {relaxed, acquire, release, acq_rel, seq_cst};

TEST(LitmusFences, AFenceStandsInForTheOrderOfTheOperation) {
  for (const auto first : orders_of_fence) {
    for (const auto second : orders_of_fence) {
      for (const auto with : {relaxed, release}) {
        for (const auto by : {relaxed, acquire}) {
          const bool releases = with == release || (first != relaxed && first != acquire);
          const bool acquires = by == acquire || (second != relaxed && second != release);
          EXPECT_EQ(races({{write(data), fence(first), store(x, 1, with)},
                           {load(x, by), fence(second), read(data).if_read(0, 1)}}),
                    !(releases && acquires))
              << int(first) << int(with) << int(by) << int(second);
        }
      }
    }
  }
}

TEST(LitmusFences, OnlyWhatIsBeforeAReleaseFenceIsPassedOn) {
  EXPECT_TRUE(races({{fence(release), write(data), store(x, 1, relaxed)},
                     {wait_for(x, 1, acquire), read(data)}}));
  EXPECT_TRUE(races({{write(data), store(x, 1, relaxed), fence(release), store(y, 1, relaxed)},
                     {wait_for(x, 1, acquire), read(data)}}));
}

TEST(LitmusFences, AnAcquireFenceBeforeTheLoadIsNone) {
  EXPECT_TRUE(races({{write(data), store(x, 1, release)},
                     {fence(acquire), wait_for(x, 1, relaxed), read(data)}}));
}

TEST(LitmusFences, AnAcquireFenceIsForAllLoadsBefore) {
  EXPECT_FALSE(races({{write(data), store(x, 1, release)},
                      {write(more_data), store(y, 1, release)},
                      {wait_for(x, 1, relaxed), wait_for(y, 1, relaxed), fence(acquire), read(data),
                       read(more_data)}}));
}

TEST(LitmusFences, AReleaseFenceIsForAllStoresBehind) {
  EXPECT_FALSE(races({{write(data), fence(release), store(x, 1, relaxed), store(y, 1, relaxed)},
                      {wait_for(y, 1, acquire), read(data)}}));
}

TEST(LitmusFences, AReleaseFencePassesOnWhatWasAcquired) {
  EXPECT_FALSE(races({{write(data), store(x, 1, release)},
                      {wait_for(x, 1, relaxed), fence(acq_rel), store(y, 1, relaxed)},
                      {wait_for(y, 1, acquire), read(data)}}));
  EXPECT_TRUE(races({{write(data), store(x, 1, release)},
                     {wait_for(x, 1, relaxed), fence(release), store(y, 1, relaxed)},
                     {wait_for(y, 1, acquire), read(data)}}));
}

// A reference count: the thread that takes the last one writes, as a destructor does.
bool races_at_the_last_reference(std::memory_order order, std::memory_order at_last) {
  const thread_program owner = {read(data), add(x, -1, order), fence(at_last).if_read(0, 1),
                                write(data).if_read(0, 1)};
  return races({owner, owner}, {.before = {store(x, 2, relaxed)}});
}

TEST(LitmusFences, AReferenceCountNeedsReleaseAndAnAcquireFenceAtTheEnd) {
  EXPECT_FALSE(races_at_the_last_reference(release, acquire));
  EXPECT_FALSE(races_at_the_last_reference(acq_rel, relaxed));
  EXPECT_TRUE(races_at_the_last_reference(release, relaxed));
  EXPECT_TRUE(races_at_the_last_reference(acquire, relaxed));
  EXPECT_TRUE(races_at_the_last_reference(relaxed, acquire));
}

// A sequence lock whose data are atomics: its version is odd while the writer is at it.
bool reads_half_a_version(std::memory_order fence_of_writer, std::memory_order fence_of_reader) {
  const auto seen = outcomes({{store(x, 1, relaxed), fence(fence_of_writer), store(y, 1, relaxed),
                               store(z, 1, relaxed), store(x, 2, release)},
                              {load(x, acquire), load(y, relaxed), load(z, relaxed),
                               fence(fence_of_reader), load(x, relaxed)}});
  for (const char* const wrong :
       {"0 0 1 0", "0 1 0 0", "0 1 1 0", "2 0 0 2", "2 0 1 2", "2 1 0 2"}) {
    if (seen.contains(wrong)) return true;
  }
  return false;
}

TEST(LitmusFences, ASequenceLockNeedsAFenceOnBothSides) {
  EXPECT_FALSE(reads_half_a_version(release, acquire));
  EXPECT_TRUE(reads_half_a_version(relaxed, acquire));
  EXPECT_TRUE(reads_half_a_version(release, relaxed));
}

}  // namespace
}  // namespace workbook::harness::memory
