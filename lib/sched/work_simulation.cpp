#include "sched/work_simulation.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace workbook {

namespace {

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

/// The jobs of one list that nobody has begun: those in [oldest, newest).
struct waiting_jobs {
  std::size_t oldest = 0;
  std::size_t newest = 0;

  [[nodiscard]] bool empty() const { return oldest == newest; }
};

/// Takes a job for `worker`; owner and place say which. @returns nothing if there is none for it.
std::optional<done_job> take(std::vector<waiting_jobs>& waiting, std::size_t worker,
                             when_idle idle) {
  if (!waiting[worker].empty()) return done_job{worker, --waiting[worker].newest, worker};
  for (std::size_t i = 1; idle == when_idle::steal && i < waiting.size(); ++i) {
    const std::size_t victim = (worker + i) % waiting.size();
    if (!waiting[victim].empty()) return done_job{victim, waiting[victim].oldest++, worker};
  }
  return std::nullopt;
}

}  // namespace

std::vector<done_job> simulate_work(const job_lists& lists, when_idle idle) {
  std::vector<waiting_jobs> waiting;
  for (const auto& list : lists) waiting.push_back({0, list.size()});
  std::vector<std::uint64_t> free_at(lists.size());
  std::vector<done_job> done;
  while (true) {
    const auto first = std::ranges::min_element(free_at);
    if (first == free_at.end() || *first == never) return done;
    auto job = take(waiting, static_cast<std::size_t>(first - free_at.begin()), idle);
    if (job) {
      job->begin = *first;
      *first += lists[job->owner][job->place];
      job->end = *first;
      done.push_back(*job);
    } else {
      *first = never;  // no list gains a job, so there will be none later either
    }
  }
}

std::uint64_t makespan(const std::vector<done_job>& jobs) {
  return jobs.empty() ? 0 : std::ranges::max(jobs, {}, &done_job::end).end;
}

}  // namespace workbook
