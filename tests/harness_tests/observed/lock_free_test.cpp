// Algorithms without locks.
// Source: Boehm, "Can seqlocks get along with programming language memory models?" (MSPC 2012);
// Treiber 1986; Lê, Pop, Cohen and Zappa Nardelli, "Correct and efficient work-stealing for weak
// memory models" (PPoPP 2013).
#include <array>
#include <mutex>
#include <vector>

#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedSeqlock : public explored_test {};
class ObservedStack : public explored_test {};
class ObservedDeque : public explored_test {};

template <bool AcquireFence>
void seqlock() {
  std::atomic<unsigned> version = 0;
  std::atomic<int> a = 0;
  std::atomic<int> b = 0;
  const auto writer = named("writer", [&] {
    version.store(1, relaxed);
    std::atomic_thread_fence(release);
    a.store(1, relaxed);
    b.store(1, relaxed);
    version.store(2, release);
  });
  const unsigned before = version.load(acquire);
  if (before % 2 != 0) return;
  const int seen_a = a.load(relaxed);
  const int seen_b = b.load(relaxed);
  if (AcquireFence) std::atomic_thread_fence(acquire);
  if (version.load(relaxed) == before) explore_check(seen_a == seen_b, "half an update was read");
}

TEST_F(ObservedSeqlock, ItsLastLoadMustNotComeEarly) {
  expect_right(seqlock<true>);
  expect_wrong(seqlock<false>);
}

TEST_F(ObservedSeqlock, ItsDataMustBeAtomic) {
  expect_race([] {
    std::atomic<unsigned> version = 0;
    int data = 0;
    const auto writer = named("writer", [&] {
      version.store(1);
      data = 1;
      version.store(2);
    });
    const unsigned before = version.load();
    const int seen = data;
    if (before % 2 == 0 && version.load() == before) {
      explore_check(seen == (before == 0 ? 0 : 1), "half an update was read");
    }
  });
}

enum class popping { keeps, frees };

template <popping How, std::memory_order Push>
class treiber_stack {
 public:
  treiber_stack() = default;
  treiber_stack(const treiber_stack&) = delete;
  treiber_stack& operator=(const treiber_stack&) = delete;
  ~treiber_stack() {
    while (node* it = head_.load()) {
      head_.store(it->next);
      delete it;
    }
    for (node* it : retired_) delete it;
  }
  void push(int item) {
    node* const made = new node{item, head_.load(relaxed)};
    while (!head_.compare_exchange_weak(made->next, made, Push, relaxed)) {
    }
  }
  int pop() {
    node* it = head_.load(acquire);
    while (it != nullptr && !head_.compare_exchange_weak(it, it->next, acquire, acquire)) {
    }
    if (it == nullptr) return 0;
    const int item = it->item;
    if (How == popping::frees) {
      delete it;
    } else {
      const std::scoped_lock lock(mutex_);
      retired_.push_back(it);
    }
    return item;
  }

 private:
  struct node {
    int item;
    node* next;
  };
  std::atomic<node*> head_ = nullptr;
  std::mutex mutex_;
  std::vector<node*> retired_;
};

template <popping How, std::memory_order Push>
void two_use_a_stack() {
  treiber_stack<How, Push> stack;
  int popped_by_other = 0;
  int popped_by_main = 0;
  {
    const auto other = named("other", [&] {
      stack.push(1);
      popped_by_other = stack.pop();
    });
    stack.push(2);
    popped_by_main = stack.pop();
  }
  explore_check(popped_by_other + popped_by_main == 3, "an item was lost, or came twice");
}

TEST_F(ObservedStack, APushReleasesItsNode) {
  expect_right(two_use_a_stack<popping::keeps, release>);
  expect_race(two_use_a_stack<popping::keeps, relaxed>);
}

// Another thread reads the node after it is freed, or before, and nothing orders the two.
TEST_F(ObservedStack, APopMustNotFreeTheNode) {
  const auto result = explore({}, two_use_a_stack<popping::frees, release>);
  EXPECT_TRUE(result.verdict == explore_verdict::use_after_free ||
              result.verdict == explore_verdict::data_race)
      << result.summary();
}

enum class mistake {
  none,
  no_fence_in_take,
  no_fence_in_steal,
  no_race_for_the_last,
  relaxed_push
};

template <mistake Made>
class work_deque {
 public:
  void push(int item) {
    const long bottom = bottom_.load(relaxed);
    at(bottom).store(item, relaxed);
    if (Made != mistake::relaxed_push) std::atomic_thread_fence(release);
    bottom_.store(bottom + 1, relaxed);
  }
  int take() {
    const long bottom = bottom_.load(relaxed) - 1;
    bottom_.store(bottom, relaxed);
    if (Made != mistake::no_fence_in_take) std::atomic_thread_fence(seq_cst);
    long top = top_.load(relaxed);
    if (top > bottom) {
      bottom_.store(bottom + 1, relaxed);
      return 0;
    }
    int item = at(bottom).load(relaxed);
    if (top == bottom) {
      const bool races = Made != mistake::no_race_for_the_last;
      if (races && !top_.compare_exchange_strong(top, top + 1, seq_cst, relaxed)) item = 0;
      bottom_.store(bottom + 1, relaxed);
    }
    return item;
  }
  int steal() {
    long top = top_.load(acquire);
    if (Made != mistake::no_fence_in_steal) std::atomic_thread_fence(seq_cst);
    const long bottom = bottom_.load(acquire);
    if (top >= bottom) return 0;
    const int item = at(top).load(relaxed);
    return top_.compare_exchange_strong(top, top + 1, seq_cst, relaxed) ? item : 0;
  }

 private:
  std::atomic<int>& at(long place) {
    return items_[static_cast<std::size_t>(place) % items_.size()];
  }
  std::atomic<long> top_ = 0;
  std::atomic<long> bottom_ = 0;
  std::array<std::atomic<int>, 4> items_ = {};
};

template <mistake Made>
void owner_and_thief() {
  constexpr int items = 3;
  work_deque<Made> deque;
  std::array<int, items + 1> times{};
  std::array<int, 2> stolen{};
  {
    const auto thief = named("thief", [&] {
      for (int& item : stolen) item = deque.steal();
    });
    for (int item = 1; item <= items; ++item) deque.push(item);
    for (int i = 0; i < items; ++i) ++times[static_cast<std::size_t>(deque.take())];
  }
  for (const int item : stolen) ++times[static_cast<std::size_t>(item)];
  for (std::size_t item = 1; item < times.size(); ++item) {
    explore_check(times[item] == 1, "an item was lost, or taken twice");
  }
}

TEST_F(ObservedDeque, AnItemIsTakenOnce) { expect_right(owner_and_thief<mistake::none>); }

TEST_F(ObservedDeque, EachOfItsOrdersIsNeeded) {
  expect_wrong(owner_and_thief<mistake::no_fence_in_take>);
  expect_wrong(owner_and_thief<mistake::no_race_for_the_last>);
  expect_wrong(owner_and_thief<mistake::relaxed_push>);
}

// Both loads of the thief have to be old: two surprises.
TEST_F(ObservedDeque, AThiefNeedsItsFence) {
  const auto result =
      explore({.preemptions = 2, .surprises = 2}, owner_and_thief<mistake::no_fence_in_steal>);
  EXPECT_EQ(result.verdict, explore_verdict::check_failed) << result.summary();
}

}  // namespace
