#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "job_deque.hpp"
#include "sched/job_inbox.hpp"
#include "sched/own_job.hpp"
#include "support/job.hpp"
#include "waiting_room.hpp"

namespace workbook {

/// A fixed number of threads, each with a deque of its own: a worker does the jobs that its jobs
/// have submitted, the newest first, and steals from the others when it has none.
/// - Submitted means it will run: the destructor waits for every job, and for the jobs of jobs.
/// - A job that throws costs that job; failed_jobs() tells. A job is destroyed when it has run.
/// - A worker sleeps only while no job waits; idle workers cost nothing.
///
/// Thread-safe: any thread may call any function, a job too. A job must not wait for another job
/// but in task_group::wait(), which helps. `Room` has the functions of waiting_room, `Deque` those
/// of job_deque: only its owner calls push() and pop(). If it is full, a job runs at once.
template <class Deque = job_deque, class Room = waiting_room>
class stealing_pool {
 public:
  /// @throws std::invalid_argument if `workers` is 0, std::system_error if the system refuses a
  /// thread; then no thread is left behind.
  explicit stealing_pool(std::size_t workers) : deques_(workers) {
    if (workers == 0) throw std::invalid_argument("a pool needs at least one worker");
    try {
      for (std::size_t i = 0; i < workers; ++i) {
        threads_.emplace_back([this, i] {
          seat_ = {this, i};
          work();
        });
      }
    } catch (...) {
      shut_down();
      throw;
    }
  }

  /// Blocks until every job has been done and every worker has ended. Must not be called by one of
  /// the pool's own jobs: that ends the process, with a message on stderr.
  ~stealing_pool() {
    if (is_worker()) refuse_own_job("stealing_pool");
    shut_down();
  }

  stealing_pool(const stealing_pool&) = delete;  // the workers refer to it
  stealing_pool& operator=(const stealing_pool&) = delete;

  /// Hands in a job: a worker's own goes into its deque, any other into the inbox. Wakes one worker
  /// if one sleeps. Never blocks.
  void submit(job&& work) {
    if (!is_worker()) {
      inbox_.push(std::move(work));
    } else if (!deques_[seat_.index].push(std::move(work))) {
      return run(work);
    }
    idle_.wake_one();  // now that the job can be found
  }

  /// Does one job, if there is any to be found. @returns whether there was.
  bool run_one() {
    std::optional<job> found = find_work();
    if (found) run(*found);
    return found.has_value();
  }

  /// Sleeps until `condition()` holds or, for a worker of this pool, there is a job to be done;
  /// returns at once if it is so already. Whoever makes `condition()` true calls wake_waiting()
  /// afterwards. `condition` must neither block nor call the pool.
  void sleep_until(const std::function<bool()>& condition) {
    if (is_worker()) {
      idle_.wait([&] { return condition() || has_work(); });
    } else {
      outside_.wait(condition);
    }
  }

  /// Wakes all who are in sleep_until(), to look at their conditions again.
  void wake_waiting() {
    idle_.wake_all();
    outside_.wake_all();
  }

  /// @returns whether the calling thread is a worker of this pool.
  [[nodiscard]] bool is_worker() const { return seat_.pool == this; }

  /// @returns the number of workers. None ever ends before the pool does.
  [[nodiscard]] std::size_t size() const { return deques_.size(); }

  /// @returns how many jobs have thrown so far, without those of a task_group.
  [[nodiscard]] std::uint64_t failed_jobs() const { return failed_jobs_; }

 private:
  /// Where a worker sits: its deque is pool->deques_[index].
  struct seat {
    const stealing_pool* pool = nullptr;
    std::size_t index = 0;
  };

  /// Takes the newest job of the worker's own deque, else the oldest of the inbox, else the oldest
  /// of another worker's deque; looks into each once. @returns nothing if it finds none.
  std::optional<job> find_work() {
    // TODO 5.2 (about 6 lines): for StealingPool.*: green with 5.1, 5.3 and 5.6
    //   In which of them may the only job lie, while the owners of all others are busy?
    todo("5.2");
  }

  /// What a worker does all its life: job after job, until the pool ends and it finds none.
  void work() {
    // TODO 5.6 (about 6 lines): for StealingPoolLifetime.*, StealingPoolSleep.*: green with 5.1 to 5.3
    //   A worker has found nothing, and learns that the pool ends. What may have come in between?
    todo("5.6");
  }

  /// Ends the workers: when it returns, every job has been done and every thread has ended.
  void shut_down() {
    ending_ = true;
    idle_.wake_all();
    for (std::jthread& thread : threads_) thread.join();
  }

  /// @returns whether a job waits anywhere.
  [[nodiscard]] bool has_work() const {
    if (!inbox_.empty()) return true;
    return std::ranges::any_of(deques_, [](const Deque& each) { return !each.empty(); });
  }

  void run(job& work) noexcept {
    try {
      work();
    } catch (...) {
      ++failed_jobs_;
    }
  }

  static constinit inline thread_local seat seat_ = {};  // of the calling thread, if it is a worker

  std::vector<Deque> deques_;  // one for each worker
  job_inbox inbox_;            // what other threads have submitted
  Room idle_;                  // workers that have found no job
  Room outside_;               // other threads, in sleep_until()
  std::atomic<bool> ending_ = false;
  std::atomic<std::uint64_t> failed_jobs_ = 0;
  std::vector<std::jthread> threads_;  // last: joined before the members they use are destroyed
};

}  // namespace workbook
