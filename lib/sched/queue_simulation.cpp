#include "sched/queue_simulation.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>

#include "support/random.hpp"

namespace workbook {

namespace {

/// A server's jobs that are not done yet: when each of them ends, the next one first.
using pending = std::deque<ticks>;

void drop_what_has_ended(pending& queue, ticks now) {
  while (!queue.empty() && queue.front() <= now) queue.pop_front();
}

/// Has a server do a job after those that it has. @returns when it ends.
ticks append(pending& queue, const arriving_job& job, ticks slowness) {
  const ticks begin = queue.empty() ? job.at : queue.back();
  queue.push_back(begin + job.length * slowness);
  return queue.back();
}

}  // namespace

std::vector<arriving_job> random_arrivals(const job_mix& mix, std::uint64_t seed) {
  // Per tick load * servers / (mean length) jobs come: a fraction of whole numbers, so that no
  // rounding can differ between two machines.
  const std::uint64_t comes = mix.load_percent * mix.servers * mix.one_long_in;
  const std::uint64_t of = 100 * (mix.length * (mix.one_long_in - 1) + mix.long_length);
  if (comes == 0 || comes > of) {
    throw std::invalid_argument("between no job and one job must come in a tick");
  }
  split_mix64 random(seed);
  std::vector<arriving_job> jobs;
  for (ticks now = 0; jobs.size() < mix.count; ++now) {
    if (random.below(of) >= comes) continue;
    const bool is_long = random.below(mix.one_long_in) == 0;
    jobs.push_back({now, is_long ? mix.long_length : mix.length});
  }
  return jobs;
}

std::vector<ticks> simulate(std::span<const arriving_job> jobs, const server_farm& farm,
                            const picker& pick) {
  std::vector<pending> queues(farm.slowness.size());
  std::vector<std::size_t> in_flight(queues.size());
  std::vector<ticks> times;
  ticks next_look = 0;
  for (const arriving_job& job : jobs) {
    for (pending& queue : queues) drop_what_has_ended(queue, job.at);
    if (job.at >= next_look) {
      std::ranges::transform(queues, in_flight.begin(), &pending::size);
      next_look = job.at + farm.look_every;
    }
    const std::size_t server = pick(in_flight);
    times.push_back(append(queues.at(server), job, farm.slowness.at(server)) - job.at);
  }
  return times;
}

std::vector<ticks> simulate_one_queue(std::span<const arriving_job> jobs, const server_farm& farm) {
  std::vector<ticks> free_at(farm.slowness.size());
  std::vector<ticks> times;
  for (const arriving_job& job : jobs) {
    const auto first = std::ranges::min_element(free_at);
    const ticks slowness = farm.slowness[static_cast<std::size_t>(first - free_at.begin())];
    *first = std::max(*first, job.at) + job.length * slowness;
    times.push_back(*first - job.at);
  }
  return times;
}

ticks percentile(std::vector<ticks> times, std::size_t percent) {
  if (times.empty() || percent < 1 || percent > 100) {
    throw std::invalid_argument("a percentile is that of 1 to 100 percent of some times");
  }
  const std::size_t rank = (percent * times.size() + 99) / 100;  // counted from 1
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(rank - 1));
  return times[rank - 1];
}

}  // namespace workbook
