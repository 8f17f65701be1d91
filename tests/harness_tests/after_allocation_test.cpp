#include <gtest/gtest.h>

#include <vector>

#include "harness/sanitizers.hpp"

namespace workbook::harness {
namespace {

TEST(AfterAllocation, TheHookRunsWhereMemoryIsGiven) {
  if (!after_allocation::available()) GTEST_SKIP() << after_allocation::unavailable_reason();
  std::vector<int> numbers;
  std::vector<std::size_t> sizes;
  {
    const after_allocation hook([&] { sizes.push_back(numbers.size()); });
    numbers.push_back(7);
  }
  numbers.reserve(100);
  EXPECT_EQ(sizes, std::vector<std::size_t>{0}) << "once, before the number was in";
}

}  // namespace
}  // namespace workbook::harness
