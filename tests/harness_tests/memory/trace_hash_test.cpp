// Traces that differ only in the order of independent steps have one hash.
#include "harness/memory/trace_hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace workbook::harness::memory {
namespace {

constexpr std::uintptr_t first_object = 0x1000;
constexpr std::uintptr_t second_object = 0x2000;

struct trace_step {
  int thread;
  std::uint64_t what;
  std::uintptr_t object;
  bool changes;
};

trace_step looks(int thread, std::uintptr_t object, std::uint64_t what = 1) {
  return {thread, what, object, false};
}
trace_step changes(int thread, std::uintptr_t object, std::uint64_t what = 2) {
  return {thread, what, object, true};
}

/// The hash after these steps.
std::uint64_t hash_of(const std::vector<trace_step>& steps) {
  trace_hash it;
  it.start();
  for (const trace_step& step : steps) {
    step.changes ? it.change(step.thread, step.what, step.object)
                 : it.look(step.thread, step.what, step.object);
  }
  return it.sum();
}

TEST(TraceHash, StepsOnDifferentObjectsCommute) {
  EXPECT_EQ(hash_of({changes(0, first_object), changes(1, second_object)}),
            hash_of({changes(1, second_object), changes(0, first_object)}));
}

TEST(TraceHash, StepsOnOneObjectDoNot) {
  EXPECT_NE(hash_of({changes(0, first_object), changes(1, first_object)}),
            hash_of({changes(1, first_object), changes(0, first_object)}));
}

TEST(TraceHash, LooksCommuteAmongThemselves) {
  EXPECT_EQ(hash_of({looks(0, first_object), looks(1, first_object), changes(2, first_object)}),
            hash_of({looks(1, first_object), looks(0, first_object), changes(2, first_object)}));
}

TEST(TraceHash, ALookDoesNotCommuteWithAChange) {
  EXPECT_NE(hash_of({looks(0, first_object), changes(1, first_object)}),
            hash_of({changes(1, first_object), looks(0, first_object)}));
}

TEST(TraceHash, WhatIsDoneWhoDoesItAndHowOftenMatters) {
  const std::set<std::uint64_t> different = {
      hash_of({}),
      hash_of({changes(0, first_object)}),
      hash_of({changes(1, first_object)}),
      hash_of({changes(0, first_object, 3)}),
      hash_of({looks(0, first_object)}),
      hash_of({looks(0, first_object), looks(0, first_object)}),
      hash_of({looks(0, first_object), looks(1, first_object)}),
      hash_of({changes(0, first_object), changes(0, first_object)}),
      hash_of({changes(0, first_object), changes(0, second_object)}),
  };
  EXPECT_EQ(different.size(), 9U);
}

TEST(TraceHash, TheStepsOfOneThreadDoNotCommute) {
  EXPECT_NE(hash_of({changes(0, first_object, 1), changes(0, second_object, 2)}),
            hash_of({changes(0, second_object, 2), changes(0, first_object, 1)}));
}

TEST(TraceHash, AddressesDoNotMatterButWhichIsWhichDoes) {
  EXPECT_EQ(hash_of({changes(0, first_object), changes(1, first_object)}),
            hash_of({changes(0, second_object), changes(1, second_object)}));
  EXPECT_NE(hash_of({changes(0, first_object), changes(1, first_object)}),
            hash_of({changes(0, first_object), changes(1, second_object)}));
}

TEST(TraceHash, AStepIsKnownByItsHistory) {
  trace_hash it;
  it.start();
  const auto store = it.step(0, 1);
  const auto newer_store = it.step(0, 1, store);
  const auto reads = [&](std::uint64_t which) {
    trace_hash other;
    other.start();
    return other.step(1, 2, which);
  };
  EXPECT_NE(reads(store), reads(newer_store)) << "a stale load is another step";
  EXPECT_EQ(reads(store), reads(store));
}

TEST(TraceHash, AJoinComesAfterTheWholeThread) {
  const auto joins_after = [](int steps_of_other) {
    trace_hash it;
    it.start();
    it.step(0, 1);
    it.step_after(1, 2, 0);
    for (int i = 0; i < steps_of_other; ++i) it.step(1, 3);
    return it.step_after(0, 4, 1);
  };
  EXPECT_NE(joins_after(1), joins_after(2));
}

TEST(TraceHash, ANewObjectInTheSamePlaceHasNoHistory) {
  const auto last_step = [](std::uintptr_t forgotten) {
    trace_hash it;
    it.start();
    it.change(0, 1, first_object);
    it.forget(forgotten, 16);
    return it.change(1, 1, first_object);
  };
  trace_hash without_the_first_step;
  without_the_first_step.start();
  const auto alone = without_the_first_step.change(1, 1, first_object);
  EXPECT_EQ(last_step(first_object - 8), alone);
  EXPECT_NE(last_step(second_object), alone);
}

TEST(TraceHash, ANewScheduleBeginsAnew) {
  trace_hash it;
  it.start();
  it.change(0, 1, first_object);
  const auto once = it.sum();
  it.change(1, 1, first_object);
  it.start();
  EXPECT_EQ(it.sum(), trace_hash{}.sum());
  it.change(0, 1, first_object);
  EXPECT_EQ(it.sum(), once);
}

TEST(TraceHash, MoreObjectsThanItCanTellApartAreOne) {
  const auto after_many = [](std::uintptr_t first, std::uintptr_t second) {
    trace_hash it;
    it.start();
    for (std::uintptr_t i = 1; i <= trace_hash::most_objects; ++i) it.change(0, 1, 8 * i);
    it.change(first == 0x100000 ? 1 : 2, 1, first);
    it.change(second == 0x100000 ? 1 : 2, 1, second);
    return it.sum();
  };
  EXPECT_NE(after_many(0x100000, 0x200000), after_many(0x200000, 0x100000))
      << "no longer known to be independent";
}

// Traces by chance: whoever swaps independent neighbours, however often, keeps the hash; and all
// traces that have the same one can be made of each other like that.
class random_traces {
 public:
  std::vector<trace_step> make(std::size_t length) {
    std::vector<trace_step> made;
    std::map<int, std::uint64_t> step_of_thread;
    for (std::size_t i = 0; i < length; ++i) {
      const int thread = static_cast<int>(random_() % 3);
      made.push_back(
          {thread, ++step_of_thread[thread], 0x1000 + 8 * (random_() % 3), random_() % 2 == 0});
    }
    return made;
  }
  std::mt19937& random() { return random_; }

 private:
  std::mt19937 random_{1};
};

bool independent(const trace_step& a, const trace_step& b) {
  return a.thread != b.thread && (a.object != b.object || (!a.changes && !b.changes));
}

/// The steps with those first that may be first, the lowest thread before others: the same for
/// all traces that are one up to the order of independent steps.
std::string canonical(std::vector<trace_step> steps) {
  std::string text;
  while (!steps.empty()) {
    auto best = steps.end();
    for (auto it = steps.begin(); it != steps.end(); ++it) {
      const bool may_be_first =
          std::all_of(steps.begin(), it, [&](const trace_step& s) { return independent(s, *it); });
      if (may_be_first && (best == steps.end() || it->thread < best->thread)) best = it;
    }
    text += std::to_string(best->thread) + "." + std::to_string(best->what) + " ";
    steps.erase(best);
  }
  return text;
}

TEST(TraceHash, IsTheSameForExactlyTheTracesThatAreEquivalent) {
  random_traces traces;
  for (int round = 0; round < 20; ++round) {
    std::vector<trace_step> steps = traces.make(7);
    std::map<std::string, std::uint64_t> hash_of_class;
    std::set<std::uint64_t> hashes;
    for (int i = 0; i < 300; ++i) {
      // Any neighbours of different threads change places, dependent ones as well.
      const std::size_t at = traces.random()() % (steps.size() - 1);
      if (steps[at].thread != steps[at + 1].thread) std::swap(steps[at], steps[at + 1]);
      const std::uint64_t hash = hash_of(steps);
      const auto [known, added] = hash_of_class.emplace(canonical(steps), hash);
      ASSERT_EQ(known->second, hash);
      hashes.insert(hash);
    }
    EXPECT_EQ(hashes.size(), hash_of_class.size());
  }
}

}  // namespace
}  // namespace workbook::harness::memory
