#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace workbook {

/// What became of a job, in virtual time: who did it and when. `owner` is the worker in whose list it
/// was; if another did it, it was stolen.
struct done_job {
  std::size_t owner = 0;
  std::size_t place = 0;  ///< in the list of its owner, counted from the oldest
  std::size_t worker = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  friend bool operator==(const done_job&, const done_job&) = default;
};

/// A list of jobs for each worker: how many ticks each takes, the oldest first.
using job_lists = std::vector<std::vector<std::uint64_t>>;

/// What a worker does whose own list is empty.
enum class when_idle { rest, steal };

/// Has the workers do their lists, each the newest of its own first. When they steal, one whose list is
/// empty takes the oldest of the next worker that has any. Of two who are free at once the one with
/// the lower number goes first.
/// @returns the jobs in the order in which they were begun. Every number is the same on every machine.
[[nodiscard]] std::vector<done_job> simulate_work(const job_lists& lists, when_idle idle);

/// @returns when the last of them ends: the *makespan*.
[[nodiscard]] std::uint64_t makespan(const std::vector<done_job>& jobs);

}  // namespace workbook
