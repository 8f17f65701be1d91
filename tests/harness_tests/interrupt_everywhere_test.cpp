// Interruptions after each instruction: they find what is not one step, and come to an end.

#include "harness/interrupt_everywhere.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace workbook::harness {
namespace {

class InterruptEverywhere : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_interrupt_everywhere()) GTEST_SKIP() << "this build cannot stop after an instruction";
  }
};

TEST_F(InterruptEverywhere, FindsTwoStepsAlways) {
  for (int time = 0; time < 10; ++time) {
    std::atomic<int> count = 0;
    const int others = interrupt_everywhere([&] { count = count + 1; }, [&] { ++count; });
    EXPECT_LT(count, 1 + others) << "no increment was lost";
  }
}

TEST_F(InterruptEverywhere, ACompareExchangeComesThroughInTheEnd) {
  std::atomic<int> count = 0;
  const auto add = [&] {
    int seen = count;
    while (!count.compare_exchange_weak(seen, seen + 1)) {
    }
  };
  const int others = interrupt_everywhere(add, add);
  EXPECT_EQ(count, 1 + others);
  EXPECT_GT(others, 3);
}

}  // namespace
}  // namespace workbook::harness
