#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "bounded_channel.hpp"
#include "support/job.hpp"

namespace workbook {

/// A fixed number of threads that do the jobs of one bounded queue, the oldest first.
/// - Accepted means it will run: the destructor waits for every accepted job.
/// - If a job throws, only that job is lost; its worker goes on, and failed_jobs() counts it.
/// - A job is destroyed when it has run, before its worker takes the next: it may own a connection.
///
/// Thread-safe: any thread may hand in jobs, a job too. A job must not wait for another job of the
/// same pool: when all workers wait, nobody is left to do it.
class thread_pool {
 public:
  /// Starts `workers` threads; `queue_capacity` is how many accepted jobs may wait for one.
  /// @throws std::invalid_argument if either is 0, std::system_error if the system refuses a
  /// thread; then no thread is left behind.
  thread_pool(std::size_t workers, std::size_t queue_capacity);

  /// Closes the queue, and blocks until every accepted job has been done and every worker has
  /// ended. Jobs that still run may hand in jobs: they get the answer `closed`.
  /// Must not be called by one of the pool's own jobs, since a thread cannot wait for its own end:
  /// that ends the process, with a message on stderr.
  ~thread_pool();

  thread_pool(const thread_pool&) = delete;  // the workers refer to it, so it does not move either
  thread_pool& operator=(const thread_pool&) = delete;

  /// Hands in a job; blocks while the queue is full. @returns accepted or closed.
  /// A job should call try_execute() instead: if all workers wait for room, nobody makes any.
  [[nodiscard]] send_result execute(job&& work);

  /// Hands in a job if there is room now; never blocks for room.
  /// @returns accepted, full or closed; `work` is moved from only when it is accepted.
  [[nodiscard]] send_result try_execute(job&& work);

  /// @returns the number of workers. None ever ends before the pool does.
  [[nodiscard]] std::size_t size() const { return workers_.size(); }

  /// @returns how many jobs have thrown so far.
  [[nodiscard]] std::uint64_t failed_jobs() const { return failed_jobs_; }

 private:
  void start(std::size_t workers);
  void work();
  void run(job& work) noexcept;
  void shut_down();

  bounded_channel<job> queue_;
  std::atomic<std::uint64_t> failed_jobs_ = 0;
  std::vector<std::jthread> workers_;  // last: joined before the members they use are destroyed
};

}  // namespace workbook
