#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace workbook {

/// Servers and their queues in *virtual time*: a tick is over when the simulation says so, no thread
/// runs, and every number comes out the same on every machine.
using ticks = std::uint64_t;

/// A job that comes at a point in time, and keeps a server of normal speed busy for `length` ticks.
struct arriving_job {
  ticks at = 0;
  ticks length = 0;
};

/// What kind of jobs come, and how many. Most are short; one in `one_long_in` is long, on average.
struct job_mix {
  std::size_t count = 100'000;
  ticks length = 100;
  ticks long_length = 10'000;
  std::size_t one_long_in = 100;
  std::size_t load_percent = 80;  ///< of what `servers` servers of normal speed can do
  std::size_t servers = 4;
};

/// @returns jobs in the order in which they come. In each tick one comes or none, always with the
/// same probability, so they know nothing of each other, like the clients of a server.
/// @throws std::invalid_argument if more than one would have to come in a tick, or none ever.
[[nodiscard]] std::vector<arriving_job> random_arrivals(const job_mix& mix, std::uint64_t seed);

/// The servers that the jobs are spread over.
struct server_farm {
  std::vector<ticks> slowness = {1, 1, 1,
                                 1};  ///< server i needs slowness[i] ticks for one of length
  ticks look_every = 0;  ///< how old the known loads may get, in ticks; 0: they are always exact
};

/// Chooses a server by how many jobs each of them has, or had when somebody last looked.
using picker = std::function<std::size_t(std::span<const std::size_t> in_flight)>;

/// Sends each job, when it comes, to the server that `pick` names; there it stays. A server does its
/// jobs one after the other, in the order in which they came.
/// @returns for each job the ticks from its coming to its end.
/// @throws std::out_of_range if `pick` names a server that there is not.
[[nodiscard]] std::vector<ticks> simulate(std::span<const arriving_job> jobs,
                                          const server_farm& farm, const picker& pick);

/// The same with one queue for all: a server that is free takes the job that has waited longest.
[[nodiscard]] std::vector<ticks> simulate_one_queue(std::span<const arriving_job> jobs,
                                                    const server_farm& farm);

/// @returns the percentile by nearest rank: a time that at least `percent` % of `times` don't
/// exceed. @throws std::invalid_argument if there are no times, or `percent` is not 1 to 100.
[[nodiscard]] ticks percentile(std::vector<ticks> times, std::size_t percent);

}  // namespace workbook
