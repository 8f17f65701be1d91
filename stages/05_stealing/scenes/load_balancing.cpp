// Policies that spread jobs over four servers: in virtual time with exact numbers, with loads that get
// old, and measured on four real pools of which one is slow. Prints tables as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <policies.hpp>
#include <span>
#include <stealing_pool.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sched/queue_simulation.hpp"
#include "support/random.hpp"

using namespace workbook;
using json = nlohmann::ordered_json;
using std::chrono::microseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t servers = 4;
constexpr ticks slow = 4;          // times as long as the others
constexpr std::uint64_t seed = 1;  // of the arrivals, the same for all policies

/// A way to choose, which begins anew with each run.
struct way {
  std::string name;
  std::function<picker()> begin;
};

template <class Policy, class... Arguments>
way policy(const std::string& name, Arguments... arguments) {
  return {name, [=] {
            return [chosen = Policy{arguments...}](std::span<const std::size_t> loads) mutable {
              return chosen.pick(loads);
            };
          }};
}

/// One at random, whatever they have to do: what the policies are to be compared with.
struct at_random {
  split_mix64 random;
  std::size_t pick(std::span<const std::size_t> in_flight) {
    return random.below(in_flight.size());
  }
};

/// Least loaded as it is written first: among equals server 0 wins.
struct least_loaded_lowest {
  static std::size_t pick(std::span<const std::size_t> in_flight) {
    return static_cast<std::size_t>(std::ranges::min_element(in_flight) - in_flight.begin());
  }
};

const std::vector<way> ways = {
    policy<at_random>("at random", split_mix64(7)), policy<round_robin>("round robin"),
    policy<two_choices>("two choices", std::uint64_t{7}), policy<least_loaded>("least loaded")};

/// In lengths of a short job, with one decimal.
std::string lengths(ticks time) { return fmt::format("{:.1f}", static_cast<double>(time) / 100); }

json row(const std::string& name, const std::vector<ticks>& times) {
  return {name, lengths(percentile(times, 50)), lengths(percentile(times, 90)),
          lengths(percentile(times, 99)), lengths(percentile(times, 100))};
}

json simulated(const std::string& title, const job_mix& mix, const server_farm& farm) {
  const auto jobs = random_arrivals(mix, seed);
  json rows = json::array();
  for (const way& each : ways) rows.push_back(row(each.name, simulate(jobs, farm, each.begin())));
  rows.push_back(row("one queue", simulate_one_queue(jobs, farm)));
  return {{"title", title}, {"columns", {"", "p50", "p90", "p99", "max"}}, {"rows", rows}};
}

json with_old_loads() {
  std::vector<way> compared = ways;
  compared.push_back(policy<least_loaded_lowest>("least, server 0 first"));
  const auto jobs = random_arrivals({}, seed);
  json rows = json::array();
  for (const way& each : compared) {
    json line = {each.name};
    for (const ticks look_every : std::array<ticks, 5>{0, 100, 1'000, 10'000, 30'000}) {
      server_farm farm;
      farm.look_every = look_every;
      line.push_back(lengths(percentile(simulate(jobs, farm, each.begin()), 99)));
    }
    rows.push_back(line);
  }
  return {{"title", "p99 when the loads are looked at only once in ... lengths of a short job"},
          {"columns", {"", "each time", "1", "10", "100", "300"}},
          {"rows", rows}};
}

/// Four pools with a worker each. A job waits instead of computing, so that the machine's cores
/// don't matter.
class four_pools {
 public:
  four_pools() {
    for (std::size_t i = 0; i < servers; ++i)
      pools_.push_back(std::make_unique<stealing_pool<>>(1));
  }

  /// Sends the jobs to the pools, each when it is due. @returns how long each took, in ticks.
  std::vector<ticks> serve(const std::vector<arriving_job>& jobs, const picker& pick) {
    std::vector<ticks> times(jobs.size());
    const auto begin = steady_clock::now();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const auto due = begin + tick * jobs[i].at;
      std::this_thread::sleep_until(due);
      std::vector<std::size_t> loads(in_flight_.begin(), in_flight_.end());
      const std::size_t server = pick(loads);
      ++in_flight_.at(server);
      const auto length = tick * jobs[i].length * (server + 1 == servers ? slow : 1);
      pools_[server]->submit([this, server, length, due, &time = times[i]] {
        std::this_thread::sleep_for(length);
        time = static_cast<ticks>((steady_clock::now() - due) / tick);
        --in_flight_[server];
      });
    }
    pools_.clear();  // waits for all jobs
    return times;
  }

 private:
  static constexpr microseconds tick{20};  // a short job of 100 ticks takes 2 ms

  std::array<std::atomic<std::size_t>, servers> in_flight_{};
  std::vector<std::unique_ptr<stealing_pool<>>> pools_;  // last: their jobs use in_flight_
};

/// The medians of some rounds; in each round every policy has its turn.
json measured(const job_mix& mix) {
  constexpr std::size_t rounds = 3;
  const auto jobs = random_arrivals(mix, seed);
  std::vector<std::vector<std::vector<ticks>>> found(ways.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
      found[i].push_back(four_pools().serve(jobs, ways[i].begin()));
    }
  }
  json rows = json::array();
  for (std::size_t i = 0; i < ways.size(); ++i) {
    json line = {ways[i].name};
    for (const std::size_t percent : std::array<std::size_t, 4>{50, 90, 99, 100}) {
      std::vector<ticks> each_round;
      for (const auto& times : found[i]) each_round.push_back(percentile(times, percent));
      line.push_back(lengths(percentile(each_round, 50)));
    }
    rows.push_back(line);
  }
  return {{"title", fmt::format("measured: {} jobs on four real pools, one of them slow "
                                "(medians of {} rounds)",
                                mix.count, rounds)},
          {"columns", {"", "p50", "p90", "p99", "max"}},
          {"rows", rows}};
}

}  // namespace

int main() {
  try {
    const job_mix even = {.count = 500, .long_length = 100, .load_percent = 50};
    const server_farm one_slow = {.slowness = {1, 1, 1, slow}};
    const json tables = {
        simulated("four equal servers, 80 % load, one job in 100 is 100 times as long", {}, {}),
        with_old_loads(),
        simulated("the same 500 short jobs, 50 % load, one server takes four times as long", even,
                  one_slow),
        measured(even)};
    fmt::print("{}\n", json{{"unit", "in lengths of a short job"}, {"tables", tables}}.dump());
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "load_balancing: {}\n", error.what());
    return 1;
  }
}
