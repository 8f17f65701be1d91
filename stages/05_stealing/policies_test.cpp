#include <gtest/gtest.h>

#include <cstddef>
#include <policies.hpp>
#include <string>
#include <vector>

#include "harness/story.hpp"
#include "sched/queue_simulation.hpp"

namespace workbook {
namespace {

using namespace harness;

using loads = std::vector<std::size_t>;

/// What a policy picks in so many calls, when the loads stay as they are.
template <class Policy>
std::vector<std::size_t> picks(Policy& policy, const loads& in_flight, std::size_t calls) {
  std::vector<std::size_t> picked;
  while (picked.size() < calls) picked.push_back(policy.pick(in_flight));
  return picked;
}

/// How often each server is picked in so many calls.
std::vector<std::size_t> counts(two_choices& policy, const loads& in_flight, std::size_t calls) {
  std::vector<std::size_t> found(in_flight.size());
  for (const std::size_t server : picks(policy, in_flight, calls)) ++found.at(server);
  return found;
}

TEST(Policies, RoundRobinTakesTurns) {
  about("5.7", "Round robin takes one server after the other, and doesn't look at the loads.");
  round_robin policy;
  step("three servers, one of them busy: seven picks");
  EXPECT_EQ(picks(policy, {0, 9, 0}, 7), (std::vector<std::size_t>{0, 1, 2, 0, 1, 2, 0}));
}

TEST(Policies, RoundRobinCopesWithAServerLess) {
  about("5.7", "The number of servers may change from call to call: one may have been taken away.");
  round_robin policy;
  step("three picks of four servers");
  EXPECT_EQ(picks(policy, {0, 0, 0, 0}, 3), (std::vector<std::size_t>{0, 1, 2}));
  step("the next pick is of two servers");
  EXPECT_LT(policy.pick(loads{0, 0}), 2u);
}

TEST(Policies, LeastLoadedTakesWhoHasTheLeast) {
  about("5.7", "Least loaded takes a server with the fewest jobs, by the loads of this very call.");
  least_loaded policy;
  for (const std::size_t least : loads{2, 0, 3, 1, 1, 3}) {
    loads in_flight{7, 7, 7, 7};
    in_flight[least] = 6;
    step("server " + std::to_string(least) + " has 6 jobs, the others have 7");
    EXPECT_EQ(policy.pick(in_flight), least);
  }
  step("loads of 5, 2, 9 and 3");
  EXPECT_EQ(policy.pick(loads{5, 2, 9, 3}), 1u);
}

TEST(Policies, LeastLoadedTakesTurnsAmongEquals) {
  about("5.7",
        "Among servers with equally few jobs it is the turn of the first one behind the last "
        "choice. If server 0 always won, everybody who chooses by the same loads would run to "
        "server 0.");
  least_loaded policy;
  step("four servers without a job: five picks");
  EXPECT_EQ(picks(policy, {0, 0, 0, 0}, 5), (std::vector<std::size_t>{0, 1, 2, 3, 0}));
  step("only servers 1 and 2 have the least: four picks");
  EXPECT_EQ(picks(policy, {4, 1, 1, 5}, 4), (std::vector<std::size_t>{1, 2, 1, 2}));
}

TEST(Policies, LeastLoadedCopesWithAServerLess) {
  about("5.7", "The number of servers may change from call to call: one may have been taken away.");
  least_loaded policy;
  step("three picks of four servers without a job");
  EXPECT_EQ(picks(policy, {0, 0, 0, 0}, 3), (std::vector<std::size_t>{0, 1, 2}));
  step("the next pick is of two servers, and the second one has less to do");
  EXPECT_EQ(policy.pick(loads{3, 2}), 1u);
}

TEST(Policies, TwoChoicesDrawsTwoDifferentServers) {
  about("5.7",
        "The two must be different. If the same server can be drawn twice, it is taken however "
        "much it has to do: the second choice is lost just then.");
  two_choices policy(1);
  step("two servers, of which the second is busy: 1000 picks");
  EXPECT_EQ(counts(policy, {0, 1}, 1000), (std::vector<std::size_t>{1000, 0}));
  step("two servers, of which the first is busy: 1000 picks");
  EXPECT_EQ(counts(policy, {1, 0}, 1000), (std::vector<std::size_t>{0, 1000}));
}

TEST(Policies, TwoChoicesDrawsEveryPairEquallyOften) {
  about("5.7",
        "With four servers there are six pairs. The least busy server wins in three of them, the "
        "next in two, the third in one, the busiest in none.");
  two_choices policy(5);
  step("loads of 0, 1, 2 and 3: 60 000 picks");
  const auto found = counts(policy, {0, 1, 2, 3}, 60'000);
  // A right policy misses one of these by 1000 once in 10^15 seeds: eight standard deviations.
  EXPECT_NEAR(static_cast<double>(found[0]), 30'000, 1000);
  EXPECT_NEAR(static_cast<double>(found[1]), 20'000, 1000);
  EXPECT_NEAR(static_cast<double>(found[2]), 10'000, 1000);
  EXPECT_EQ(found[3], 0u);
}

TEST(Policies, TwoChoicesHasNoFavouriteAmongEquals) {
  about("5.7",
        "When both have equally many jobs, either is taken with the same probability. A rule such "
        "as 'the one with the lower number' sends most of the jobs to server 0.");
  two_choices policy(9);
  step("four servers with two jobs each: 60 000 picks");
  for (const std::size_t count : counts(policy, {2, 2, 2, 2}, 60'000)) {
    EXPECT_NEAR(static_cast<double>(count), 15'000, 1000);
  }
}

TEST(Policies, TwoChoicesOfOneServerIsThatServer) {
  about("5.7", "With one server there is nothing to choose: there is no second one to draw.");
  two_choices policy(3);
  step("one server: three picks");
  EXPECT_EQ(picks(policy, {4}, 3), (std::vector<std::size_t>{0, 0, 0}));
}

/// p99 in ticks; a short job takes 100 of them.
template <class Policy>
ticks p99(const std::vector<arriving_job>& jobs, Policy policy) {
  return percentile(simulate(jobs, {}, [&](auto in_flight) { return policy.pick(in_flight); }), 99);
}

TEST(Policies, HaveTheirPriceInTheSimulation) {
  about("5.7",
        "The same jobs in virtual time, so each policy has one right number. Looking at the loads "
        "of two servers gets most of what looking at all of them would.");
  const auto jobs = random_arrivals({.count = 20'000}, 1);  // at 80 % load
  step("round robin");
  EXPECT_EQ(p99(jobs, round_robin()), 38'929u);
  step("least loaded");
  EXPECT_EQ(p99(jobs, least_loaded()), 12'043u);
  step("two choices: what it draws is its own business, so the number may differ a little");
  EXPECT_LT(p99(jobs, two_choices(7)), 25'000u);
}

}  // namespace
}  // namespace workbook
