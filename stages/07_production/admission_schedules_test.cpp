// The places under every schedule: each loop has its own thread, and all share the limit.
#include <gtest/gtest.h>

#include <admission.hpp>
#include <atomic>
#include <cstddef>
#include <optional>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class AdmissionSchedules : public explored_test {};

TEST_F(AdmissionSchedules, TheLastPlaceIsGivenOnce) {
  about(
      "7.4",
      "The last place was given twice. `if (taken < most) ++taken` looks and then counts: between "
      "the two, another loop has looked as well. Look and count in one atomic step.");
  step("two loops want the only place, under every schedule");
  EXPECT_TRUE(every_schedule({}, [] {
    places one(1);
    std::optional<place> mine;
    std::optional<place> others;
    {
      const auto other = named_thread("other", [&] { others = one.try_take(); });
      mine = one.try_take();
    }
    explore_check(mine.has_value() || others.has_value(), "nobody has got the place");
    explore_check(!mine.has_value() || !others.has_value(), "both have got the place");
  }));
}

TEST_F(AdmissionSchedules, NoPlaceIsLost) {
  about("7.4", "A place was lost, or appeared: all had been given back, and one is missing.");
  step("two loops take and give back, under every schedule");
  EXPECT_TRUE(every_schedule({}, [] {
    places two(2);
    {
      const auto other = named_thread("other", [&] {
        const auto mine = two.try_take();
        explore_check(mine.has_value(), "there was room, and it was refused");
      });
      const auto mine = two.try_take();
      explore_check(mine.has_value(), "there was room, and it was refused");
    }
    explore_check(two.taken() == 0, "somebody has a place, and nobody is there");
    explore_check(two.try_take().has_value(), "there is room, and it is refused");
  }));
}

TEST_F(AdmissionSchedules, NeverMoreThanThereAre) {
  about("7.4", "More had a place at the same time than there are.");
  step("three want one of two places, and leave, under every schedule");
  EXPECT_TRUE(every_schedule({.preemptions = 2, .surprises = 0}, [] {
    places two(2);
    std::atomic<std::size_t> inside = 0;
    const auto visit = [&] {
      if (const auto mine = two.try_take()) {
        explore_check(++inside <= 2, "three have a place of two");
        --inside;
      }
    };
    const auto one = named_thread("one", visit);
    const auto other = named_thread("other", visit);
    visit();
  }));
}

}  // namespace
}  // namespace workbook
