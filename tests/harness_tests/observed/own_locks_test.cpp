// Locks that are made of atomics, and what is built to need none.
#include <array>
#include <memory>
#include <mutex>
#include <type_traits>

#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedLock : public explored_test {};
class ObservedOrder : public explored_test {};
class ObservedLifetime : public explored_test {};

template <std::memory_order Unlock, bool InOneStep>
class spinlock {
 public:
  void lock() {
    if constexpr (InOneStep) {
      while (taken_.exchange(true, acquire)) {
      }
    } else {
      while (taken_.load(acquire)) {
      }
      taken_.store(true, relaxed);
    }
  }
  void unlock() { taken_.store(false, Unlock); }

 private:
  std::atomic<bool> taken_ = false;
};

template <class Lock>
void two_under_a_lock() {
  Lock mutex;
  int count = 0;
  const auto add = [&] {
    const std::scoped_lock lock(mutex);
    ++count;
  };
  {
    const auto other = named("other", add);
    add();
  }
  explore_check(count == 2, "an increment was lost");
}

TEST_F(ObservedLock, ASpinlockExcludesAndOrders) {
  expect_right(two_under_a_lock<spinlock<release, true>>);
  expect_race(two_under_a_lock<spinlock<relaxed, true>>);
  expect_race(two_under_a_lock<spinlock<release, false>>);
}

template <std::memory_order Order>
void peterson() {
  std::array<std::atomic<bool>, 2> wants = {false, false};
  std::atomic<int> turn = 0;
  int count = 0;
  const auto add = [&](std::size_t me) {
    wants[me].store(true, Order);
    turn.store(static_cast<int>(1 - me), Order);
    while (wants[1 - me].load(Order) && turn.load(Order) == static_cast<int>(1 - me)) {
    }
    ++count;
    wants[me].store(false, Order == seq_cst ? seq_cst : release);
  };
  {
    const auto other = named("other", [&] { add(1); });
    add(0);
  }
  explore_check(count == 2, "an increment was lost");
}

TEST_F(ObservedLock, PetersonNeedsSequentialConsistency) {
  expect_right(peterson<seq_cst>);
  expect_race(peterson<relaxed>);
}

TEST_F(ObservedLock, AWaitForWhatNobodyChangesIsTold) {
  const auto result = expect_fails(explore_verdict::livelock, [] {
    std::atomic<bool> stop = false;
    const auto other = named("other", [&] {
      while (!stop) {
      }
    });
  });
  EXPECT_EQ(result.message.find("livelock: other waits in a loop"), 0) << result.message;
}

template <std::memory_order Store, std::memory_order Load, bool Fence>
void dekker() {
  std::atomic<int> x = 0;
  std::atomic<int> y = 0;
  int seen_by_other = 0;
  int seen_by_main = 0;
  {
    const auto other = named("other", [&] {
      x.store(1, Store);
      if (Fence) std::atomic_thread_fence(seq_cst);
      seen_by_other = y.load(Load);
    });
    y.store(1, Store);
    if (Fence) std::atomic_thread_fence(seq_cst);
    seen_by_main = x.load(Load);
  }
  explore_check(seen_by_other + seen_by_main > 0, "both have overlooked the other");
}

TEST_F(ObservedOrder, AStoreMayComeAfterTheNextLoad) {
  expect_right(dekker<seq_cst, seq_cst, false>);
  expect_right(dekker<relaxed, relaxed, true>);
  expect_wrong(dekker<release, acquire, false>);
}

template <std::memory_order Store, std::memory_order Load>
void independent_reads() {
  std::atomic<int> x = 0;
  std::atomic<int> y = 0;
  std::array<int, 4> seen{};
  {
    const auto writer_x = named("writer x", [&] { x.store(1, Store); });
    const auto writer_y = named("writer y", [&] { y.store(1, Store); });
    const auto reader = named("reader", [&] {
      seen[0] = x.load(Load);
      seen[1] = y.load(Load);
    });
    seen[2] = y.load(Load);
    seen[3] = x.load(Load);
  }
  explore_check(seen != std::array{1, 0, 1, 0}, "the readers do not agree which came first");
}

TEST_F(ObservedOrder, TwoReadersMayDisagree) {
  expect_right(independent_reads<seq_cst, seq_cst>);
  expect_wrong(independent_reads<release, acquire>);
}

struct config {
  int value = 7;
};

template <bool AtomicPointer, std::memory_order Store>
void double_checked() {
  std::mutex mutex;
  std::conditional_t<AtomicPointer, std::atomic<config*>, config*> instance = nullptr;
  const auto read = [&](std::memory_order order) -> config* {
    if constexpr (AtomicPointer) {
      return instance.load(order);
    } else {
      return instance;
    }
  };
  const auto get = [&]() -> config* {
    if (config* const found = read(acquire)) return found;
    const std::scoped_lock lock(mutex);
    if (config* const found = read(relaxed)) return found;
    auto* const made = new config;
    if constexpr (AtomicPointer) {
      instance.store(made, Store);
    } else {
      instance = made;
    }
    return made;
  };
  {
    const auto other = named("other", [&] { explore_check(get()->value == 7, "half a config"); });
    explore_check(get()->value == 7, "half a config");
  }
  delete get();
}

TEST_F(ObservedLock, DoubleCheckedNeedsAnAtomicThatReleases) {
  expect_right(double_checked<true, release>);
  expect_race(double_checked<true, relaxed>);
  expect_race(double_checked<false, release>);
}

template <std::memory_order LetGo>
void two_owners() {
  struct shared {
    std::atomic<int> owners = 2;
    int value = 0;
  };
  auto* const it = new shared;
  const auto let_go = [it] {
    if (it->owners.fetch_sub(1, LetGo) == 1) delete it;
  };
  const auto other = named("other", [&] {
    it->value = 1;
    let_go();
  });
  let_go();
}

TEST_F(ObservedLifetime, TheLastOwnerMustKnowOfTheOthers) {
  expect_right(two_owners<acq_rel>);
  expect_race(two_owners<relaxed>);
}

TEST_F(ObservedLifetime, MemoryIsNotUsedAfterItIsGivenBack) {
  expect_verdict(explore_verdict::use_after_free, [] {
    std::atomic<bool> gone = false;
    auto* const it = new std::atomic<int>(0);
    const auto other = named("other", [&] {
      if (gone) ++*it;
    });
    delete it;
    gone = true;
  });
}

TEST_F(ObservedLifetime, AMutexIsNotGivenBackWhileItIsHeld) {
  const auto result = expect_fails(explore_verdict::misuse, [] {
    auto mutex = std::make_unique<std::mutex>();
    mutex->lock();
    mutex.reset();
  });
  EXPECT_EQ(result.message, "a mutex was destroyed while main held it");
}

TEST_F(ObservedLifetime, AMutexIsNotUsedAfterItIsGivenBack) {
  expect_verdict(explore_verdict::use_after_free, [] {
    std::atomic<bool> gone = false;
    auto* const mutex = new std::mutex;
    const auto other = named("other", [&] {
      if (gone) mutex->lock();
    });
    delete mutex;
    gone = true;
  });
}

}  // namespace
