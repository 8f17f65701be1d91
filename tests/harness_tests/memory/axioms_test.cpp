// The model against the sentences of the standard, tried by brute force.
#include "axioms.hpp"

#include <gtest/gtest.h>

#include <random>

#include "litmus.hpp"

namespace workbook::harness::memory {
namespace {

using namespace litmus;

/// Programs by chance, the same ones every time.
class program_maker {
 public:
  explicit program_maker(unsigned seed) : random_(seed) {}

  std::vector<thread_program> make(int threads, int instructions) {
    std::vector<thread_program> made(static_cast<std::size_t>(threads));
    for (auto& thread : made) {
      for (int i = 0; i < instructions; ++i) thread.push_back(any());
    }
    return made;
  }

 private:
  int below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }
  template <std::size_t N>
  std::memory_order one_of(const std::memory_order (&orders)[N]) {
    return orders[below(static_cast<int>(N))];
  }

  instruction any() {
    const object_name where = below(2) == 0 ? x : y;
    const std::memory_order any_order = one_of({relaxed, acquire, release, acq_rel, seq_cst});
    const std::memory_order of_load = one_of({relaxed, acquire, seq_cst});
    switch (below(10)) {
      case 0:
      case 1:
      case 2: return store(where, ++value_, one_of({relaxed, release, seq_cst}));
      case 3: return exchange(where, ++value_, any_order);
      case 4: return add(where, 10, any_order);
      case 5: {
        const int expected = below(value_ + 1);
        return compare_exchange(where, expected, ++value_, any_order, of_load);
      }
      case 6: return fence(below(2) == 0 ? seq_cst : any_order);
      default: return load(where, of_load);
    }
  }

  std::mt19937 random_;
  int value_ = 0;
};

std::string to_text(const std::vector<thread_program>& threads) {
  std::string text;
  for (const auto& thread : threads) {
    for (const auto& it : thread) {
      text += "{" + std::to_string(static_cast<int>(it.what)) + " of " + "xyz"[it.object] +
              ", order " + std::to_string(static_cast<int>(it.order)) + ", " +
              std::to_string(it.value) + "} ";
    }
    text += "\n";
  }
  return text;
}

void expect_agreement(const std::vector<thread_program>& threads) {
  EXPECT_EQ(outcomes(threads), outcomes_by_axioms(threads)) << to_text(threads);
}

TEST(Axioms, AgreeOnTwoThreads) {
  program_maker programs(1);
  for (int i = 0; i < 60; ++i) expect_agreement(programs.make(2, 3));
}

TEST(Axioms, AgreeOnThreeThreads) {
  program_maker programs(2);
  for (int i = 0; i < 15; ++i) expect_agreement(programs.make(3, 2));
}

TEST(Axioms, AgreeOnMoreSteps) {
  program_maker programs(3);
  for (int i = 0; i < 10; ++i) expect_agreement(programs.make(2, 4));
}

}  // namespace
}  // namespace workbook::harness::memory
