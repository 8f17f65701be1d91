#include "sched/queue_simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace workbook {
namespace {

using times = std::vector<ticks>;

std::size_t first_server(std::span<const std::size_t> /*in_flight*/) { return 0; }

std::size_t emptiest(std::span<const std::size_t> in_flight) {
  return static_cast<std::size_t>(std::ranges::min_element(in_flight) - in_flight.begin());
}

const std::vector<arriving_job> four_jobs = {{0, 10}, {2, 10}, {3, 10}, {40, 10}};

TEST(QueueSimulation, AServerDoesItsJobsOneAfterTheOther) {
  EXPECT_EQ(simulate(four_jobs, {.slowness = {1, 1}}, first_server), (times{10, 18, 27, 10}));
  EXPECT_EQ(simulate(four_jobs, {.slowness = {1, 1}}, emptiest), (times{10, 10, 17, 10}));
}

TEST(QueueSimulation, ASlowServerNeedsMoreTicks) {
  EXPECT_EQ(simulate(four_jobs, {.slowness = {3}}, first_server), (times{30, 58, 87, 80}));
}

TEST(QueueSimulation, OneQueueIsServedByWhoeverIsFree) {
  EXPECT_EQ(simulate_one_queue(four_jobs, {.slowness = {1, 1}}), (times{10, 10, 17, 10}));
  EXPECT_EQ(simulate_one_queue(four_jobs, {.slowness = {1}}), (times{10, 18, 27, 10}));
}

TEST(QueueSimulation, KnownLoadsGetOld) {
  // The look at tick 0 shows no job; until tick 20 everybody believes it.
  const std::vector<arriving_job> jobs = {{0, 10}, {1, 10}, {2, 10}, {20, 10}};
  std::vector<std::size_t> seen;
  const auto pick = [&](std::span<const std::size_t> in_flight) {
    seen.push_back(in_flight[0]);
    return std::size_t{0};
  };
  (void)simulate(jobs, {.slowness = {1, 1}, .look_every = 20}, pick);
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 0, 0, 1}));
  seen.clear();
  (void)simulate(jobs, {.slowness = {1, 1}}, pick);
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2, 1}));
}

TEST(QueueSimulation, RefusesAServerThatThereIsNot) {
  const auto second = [](std::span<const std::size_t>) { return std::size_t{1}; };
  EXPECT_THROW((void)simulate(four_jobs, {.slowness = {1}}, second), std::out_of_range);
}

TEST(QueueSimulation, ArrivalsAreTheSameOnEveryMachine) {
  const auto jobs = random_arrivals({.count = 20'000}, 1);
  EXPECT_EQ(jobs.size(), 20'000u);
  EXPECT_EQ(jobs.back().at, 1'236'264u);
  EXPECT_EQ(std::ranges::count(jobs, 10'000u, &arriving_job::length), 181);
  EXPECT_EQ(percentile(simulate_one_queue(jobs, {}), 99), 7634u);
}

TEST(QueueSimulation, RefusesLoadsThatCannotBe) {
  EXPECT_THROW((void)random_arrivals({.load_percent = 0}, 1), std::invalid_argument);
  EXPECT_THROW((void)random_arrivals({.length = 1, .long_length = 1}, 1), std::invalid_argument);
}

TEST(QueueSimulation, PercentilesAreNearestRanks) {
  EXPECT_EQ(percentile({30, 10, 20}, 50), 20u);
  EXPECT_EQ(percentile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 90), 9u);
  EXPECT_EQ(percentile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 91), 10u);
  EXPECT_EQ(percentile({7}, 1), 7u);
  EXPECT_THROW((void)percentile({}, 50), std::invalid_argument);
  EXPECT_THROW((void)percentile({1}, 101), std::invalid_argument);
}

}  // namespace
}  // namespace workbook
