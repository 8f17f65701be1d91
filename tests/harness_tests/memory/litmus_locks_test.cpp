// Mutexes, and what is made of atomics in their place.
#include <gtest/gtest.h>

#include "litmus.hpp"

namespace workbook::harness::memory {
namespace {

using namespace litmus;

thread_program write_under(object_name which) { return {lock(which), write(data), unlock(which)}; }
thread_program write_shared(object_name which) {
  return {lock_shared(which), write(data), unlock_shared(which)};
}

TEST(LitmusLocks, AMutexOrdersThoseWhoHoldIt) {
  EXPECT_FALSE(races({write_under(mutex), write_under(mutex)}));
  EXPECT_TRUE(races({write_under(mutex), write_under(other_mutex)}));
  EXPECT_TRUE(races({write_under(mutex), {write(data)}}));
}

TEST(LitmusLocks, AMutexOrdersOnlyFromUnlockToLock) {
  // x is no help, but makes T1 the second one to lock.
  EXPECT_TRUE(races({{lock(mutex), unlock(mutex), write(data), store(x, 1, relaxed)},
                     {wait_for(x, 1, relaxed), lock(mutex), unlock(mutex), write(data)}}));
  EXPECT_FALSE(races({{lock(mutex), write(data), unlock(mutex), store(x, 1, relaxed)},
                      {wait_for(x, 1, relaxed), lock(mutex), unlock(mutex), write(data)}}));
}

TEST(LitmusLocks, EveryHolderKnowsAllThatCameBefore) {
  EXPECT_FALSE(races({{lock(mutex), write(data), add(x, 1, relaxed), unlock(mutex)},
                      {lock(mutex), write(more_data), add(x, 1, relaxed), unlock(mutex)},
                      {lock(mutex), load(x, relaxed), read(data).if_read(0, 2),
                       read(more_data).if_read(0, 2), unlock(mutex)}}));
}

TEST(LitmusLocks, AConditionVariablesWaitUnlocksAndLocks) {
  // T1 waits with the mutex; in between T0 has it. The notification would be no step.
  EXPECT_FALSE(
      races({write_under(mutex),
             {lock(mutex), write(data), unlock(mutex), lock(mutex), read(data), unlock(mutex)}}));
}

TEST(LitmusLocks, ASharedMutexOrdersReadersAgainstWriters) {
  const thread_program reader = {lock_shared(mutex), read(data), unlock_shared(mutex)};
  EXPECT_FALSE(races({write_under(mutex), reader, reader}));
}

TEST(LitmusLocks, ASharedMutexDoesNotOrderReaders) {
  EXPECT_TRUE(races({write_shared(mutex), write_shared(mutex)}));
  EXPECT_TRUE(
      races({{lock_shared(mutex), write(data), unlock_shared(mutex), store(x, 1, relaxed)},
             {wait_for(x, 1, relaxed), lock_shared(mutex), write(data), unlock_shared(mutex)}}))
      << "not even one after the other";
}

TEST(LitmusLocks, TheStartAndTheJoinOfAThreadOrder) {
  const std::vector<thread_program> one = {{write(data)}};
  EXPECT_FALSE(races(one, {.before = {write(data)}, .after = {write(data)}}));
  EXPECT_TRUE(races(one, {.after = {write(data)}, .joins = false}));
  EXPECT_TRUE(races({{write(data)}, {write(data)}}, {.before = {write(data)}}));
}

// A spinlock, tried once.
thread_program try_to_write(std::memory_order order_of_lock, std::memory_order order_of_unlock) {
  return {exchange(x, 1, order_of_lock), write(data).if_read(0, 0),
          store(x, 0, order_of_unlock).if_read(0, 0)};
}

TEST(LitmusLocks, ASpinlockNeedsAcquireAndRelease) {
  const auto two = [](std::memory_order to_lock, std::memory_order to_unlock) {
    return races({try_to_write(to_lock, to_unlock), try_to_write(to_lock, to_unlock)});
  };
  EXPECT_FALSE(two(acquire, release));
  EXPECT_FALSE(two(seq_cst, seq_cst));
  EXPECT_TRUE(two(relaxed, release));
  EXPECT_TRUE(two(acquire, relaxed));
}

TEST(LitmusLocks, ASpinlockOfLoadAndStoreIsNone) {
  const thread_program it = {load(x, seq_cst), store(x, 1, seq_cst).if_read(0, 0),
                             write(data).if_read(0, 0)};
  EXPECT_TRUE(races({it, it}));
}

// Made at the first use: looked for, then looked for again under the mutex.
thread_program get_instance(std::memory_order order_of_load, std::memory_order order_of_store) {
  return {load(x, order_of_load),
          lock(mutex).if_read(0, 0),
          load(x, relaxed).if_read(0, 0),
          write(data).if_read(1, 0),
          store(x, 1, order_of_store).if_read(1, 0),
          unlock(mutex).if_read(0, 0),
          read(data)};
}

TEST(LitmusLocks, DoubleCheckedLockingNeedsAcquireAndRelease) {
  const auto two = [](std::memory_order of_load, std::memory_order of_store) {
    return outcomes({get_instance(of_load, of_store), get_instance(of_load, of_store)});
  };
  EXPECT_EQ(two(acquire, release), (outcome_set{"0 0|0 1", "0 0|1 -", "0 1|0 0", "1 -|0 0"}));
  EXPECT_TRUE(two(relaxed, release).contains("race"));
  EXPECT_TRUE(two(acquire, relaxed).contains("race"));
}

// Peterson's mutual exclusion of two threads, tried once: x and y say who wants, z whose turn it is.
thread_program peterson(object_name mine, object_name others, int turn, std::memory_order with,
                        std::memory_order by) {
  return {store(mine, 1, with), exchange(z, turn, with == release ? acq_rel : with),
          load(others, by), write(data).if_read(1, 0)};
}

TEST(LitmusLocks, WhoFindsNobodyInTheWayIsAlone) {
  const auto two = [](std::memory_order with, std::memory_order by) {
    return races({peterson(x, y, 1, with, by), peterson(y, x, 2, with, by)});
  };
  EXPECT_FALSE(two(seq_cst, seq_cst));
  EXPECT_FALSE(two(release, acquire)) << "the exchange of z orders one behind the other";
  EXPECT_TRUE(two(relaxed, relaxed));
}

}  // namespace
}  // namespace workbook::harness::memory
