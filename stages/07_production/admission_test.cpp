#include <gtest/gtest.h>

#include <admission.hpp>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(Admission, GivesAsManyPlacesAsThereAre) {
  about("7.4", "As many places as the limit says can be taken, and not one more.");
  places of_three(3);
  step("five want a place, and keep it");
  std::vector<std::optional<place>> got;
  for (int i = 0; i < 5; ++i) got.push_back(of_three.try_take());
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(got[i].has_value(), i < 3) << i;
  EXPECT_EQ(of_three.taken(), 3u);
}

TEST(Admission, TakesAPlaceBack) {
  about("7.4", "Who has had a place gives it back, and another gets it; a refusal costs none.");
  places one(1);
  step("taken, refused, given back, taken: three times");
  for (int i = 0; i < 3; ++i) {
    const auto mine = one.try_take();
    EXPECT_TRUE(mine.has_value());
    EXPECT_FALSE(one.try_take().has_value());
    EXPECT_EQ(one.taken(), 1u);
  }
  EXPECT_EQ(one.taken(), 0u);
}

TEST(Admission, TakesItBackOnEveryPath) {
  about("7.4",
        "An exception gives the place back as well, and a place that has moved does so once.");
  places two(2);
  step("an exception while a place is held");
  try {
    const auto mine = two.try_take();
    throw std::runtime_error("a handler has failed");
  } catch (const std::runtime_error&) {
    EXPECT_EQ(two.taken(), 0u);
  }
  step("a place is moved into a task, which ends");
  {
    auto mine = two.try_take();
    ASSERT_TRUE(mine.has_value());
    const place of_task = *std::move(mine);
    EXPECT_EQ(two.taken(), 1u);
  }
  EXPECT_EQ(two.taken(), 0u);
}

}  // namespace
}  // namespace workbook
