// The histogram under every schedule: loops observe, and one of them asks for a snapshot meanwhile.
#include <gtest/gtest.h>

#include <cstdint>
#include <histogram.hpp>
#include <numeric>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class HistogramSchedules : public explored_test {};

std::uint64_t all_of(const histogram_snapshot& seen) {
  return std::accumulate(seen.buckets.begin(), seen.buckets.end(), std::uint64_t{0});
}

TEST_F(HistogramSchedules, LosesNoValue) {
  about("7.1", "A value was lost: each loop has a thread, and they all observe.");
  step("two threads observe a value each, under every schedule");
  EXPECT_TRUE(every_schedule({}, [] {
    histogram seen({2});
    {
      const auto other = named_thread("other", [&] { seen.observe(1); });
      seen.observe(1);
    }
    explore_check(all_of(seen.snapshot()) == 2, "a value is in no bucket");
    explore_check(seen.snapshot().sum == 2, "a value is not in the sum");
  }));
}

TEST_F(HistogramSchedules, ASnapshotIsOfOneMoment) {
  about("7.1",
        "The snapshot was torn: a value is in a bucket and not in the sum, or the other way round. "
        "Counters that are read one after the other are of different moments; a mean or a share "
        "that is computed from them was never true.");
  step("one thread observes 1 twice, another asks meanwhile, under every schedule");
  EXPECT_TRUE(every_schedule({}, [] {
    histogram seen({2});
    const auto other = named_thread("other", [&] {
      seen.observe(1);
      seen.observe(1);
    });
    const histogram_snapshot now = seen.snapshot();
    explore_check(static_cast<double>(all_of(now)) == now.sum,
                  "the number of the values and their sum are of different moments");
  }));
}

}  // namespace
}  // namespace workbook
