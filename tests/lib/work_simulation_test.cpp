#include "sched/work_simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace workbook {
namespace {

const job_lists uneven = {{30, 20, 10}, {5}};

TEST(WorkSimulation, WithoutStealingEachDoesItsOwn) {
  const auto done = simulate_work(uneven, when_idle::rest);
  EXPECT_EQ(done, (std::vector<done_job>{
                      {0, 2, 0, 0, 10}, {1, 0, 1, 0, 5}, {0, 1, 0, 10, 30}, {0, 0, 0, 30, 60}}));
  EXPECT_EQ(makespan(done), 60u);
}

TEST(WorkSimulation, AnIdleWorkerStealsTheOldest) {
  const auto done = simulate_work(uneven, when_idle::steal);
  EXPECT_EQ(done, (std::vector<done_job>{
                      {0, 2, 0, 0, 10}, {1, 0, 1, 0, 5}, {0, 0, 1, 5, 35}, {0, 1, 0, 10, 30}}));
  EXPECT_EQ(makespan(done), 35u);
}

TEST(WorkSimulation, EveryJobIsDoneOnce) {
  const job_lists lists = {{}, {4, 4, 4, 4, 4}, {}, {1, 9}};
  for (const auto idle : {when_idle::rest, when_idle::steal}) {
    auto done = simulate_work(lists, idle);
    std::ranges::sort(done, {},
                      [](const done_job& each) { return std::pair(each.owner, each.place); });
    ASSERT_EQ(done.size(), 7u);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(done[i].place, i);
  }
  EXPECT_EQ(makespan(simulate_work(lists, when_idle::steal)), 9u);
}

TEST(WorkSimulation, OfNothingIsNothing) {
  EXPECT_EQ(makespan(simulate_work({}, when_idle::steal)), 0u);
  EXPECT_EQ(makespan(simulate_work({{}, {}}, when_idle::steal)), 0u);
}

}  // namespace
}  // namespace workbook
