// The same jobs four times: with halves that are fixed and with stealing, in virtual time and by real
// threads. Prints as JSON who did which job when. A job waits instead of computing, so a machine with
// one core, or a busy one, shows the same picture.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stealing_pool.hpp>
#include <string>
#include <task_group.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "sched/work_simulation.hpp"

using namespace workbook;
using json = nlohmann::ordered_json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// How many milliseconds each job takes: one worker got the long ones. The oldest first.
const job_lists lists = {{300, 250, 200, 150, 100, 100, 50, 50}, {25, 25, 25, 25, 25, 25, 25, 25}};

/// What the threads have done, from the moment on at which `clock` was made.
class protocol {
 public:
  /// Does a job of `owner`'s list, and notes who did it and when.
  void perform(std::size_t owner, std::size_t place, std::size_t worker) {
    done_job job{owner, place, worker, now()};
    std::this_thread::sleep_for(milliseconds(lists[owner][place]));
    job.end = now();
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(job);
  }

  /// @returns all jobs; call it when no thread performs any more.
  [[nodiscard]] std::vector<done_job> jobs() const { return jobs_; }

 private:
  [[nodiscard]] std::uint64_t now() const {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin_).count());
  }

  const steady_clock::time_point begin_ = steady_clock::now();
  std::mutex mutex_;  // guards jobs_
  std::vector<done_job> jobs_;
};

std::vector<done_job> with_fixed_halves() {
  protocol written;
  {
    std::vector<std::jthread> workers;
    for (std::size_t worker = 0; worker < lists.size(); ++worker) {
      workers.emplace_back([&, worker] {
        for (std::size_t place = lists[worker].size(); place-- > 0;) {
          written.perform(worker, place, worker);
        }
      });
    }
  }
  return written.jobs();
}

std::vector<done_job> with_stealing() {
  stealing_pool<> pool(lists.size());
  protocol written;
  task_group all(pool);
  std::barrier all_there(static_cast<std::ptrdiff_t>(lists.size()));
  static thread_local std::size_t worker = 0;  // which one this thread is
  for (std::size_t owner = 0; owner < lists.size(); ++owner) {
    all.run([&, owner] {
      worker = owner;
      all_there.arrive_and_wait();  // so each worker fills its own deque
      for (std::size_t place = 0; place < lists[owner].size(); ++place) {
        all.run([&, owner, place] { written.perform(owner, place, worker); });
      }
      all_there.arrive_and_wait();  // nobody steals before all deques are filled
    });
  }
  all.wait();
  return written.jobs();
}

json told(const std::string& name, const std::vector<done_job>& jobs) {
  json list = json::array();
  for (const done_job& job : jobs) {
    list.push_back({{"owner", job.owner},
                    {"place", job.place},
                    {"worker", job.worker},
                    {"begin", static_cast<double>(job.begin) / 1000},
                    {"end", static_cast<double>(job.end) / 1000}});
  }
  return {{"name", name}, {"jobs", list}};
}

}  // namespace

int main() {
  try {
    const json runs = {told("fixed halves, in virtual time", simulate_work(lists, when_idle::rest)),
                       told("stealing, in virtual time", simulate_work(lists, when_idle::steal)),
                       told("fixed halves", with_fixed_halves()),
                       told("stealing", with_stealing())};
    fmt::print("{}\n", json{{"workers", lists.size()}, {"runs", runs}}.dump());
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "two_timelines: {}\n", error.what());
    return 1;
  }
}
