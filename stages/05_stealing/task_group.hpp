#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <utility>

#include "stealing_pool.hpp"
#include "support/job.hpp"

namespace workbook {

/// Jobs of a pool that somebody waits for together.
///
/// Thread-safe: any thread may call run(), the group's own jobs too. One thread at a time may call
/// wait(), and afterwards use the group again. The pool must outlive the group.
template <class Pool>
class task_group {
 public:
  explicit task_group(Pool& pool) : pool_(pool) {}

  /// Waits for all jobs. What they have thrown is lost, if nobody has asked wait() for it.
  ~task_group() { wait_for_all(); }

  task_group(const task_group&) = delete;  // its jobs refer to it
  task_group& operator=(const task_group&) = delete;

  /// Submits a job to the pool. Never blocks.
  void run(job&& work) {
    begin();
    pool_.submit([this, work = std::move(work)]() mutable {
      perform(std::move(work));
      finish();
    });
  }

  /// Blocks until all jobs of the group are done and destroyed. A worker of the pool does other
  /// jobs meanwhile, of whatever group, and sleeps while there is none; any other thread sleeps.
  /// @throws what the first job threw that failed since the last wait(), once.
  void wait() {
    wait_for_all();
    rethrow();
  }

 private:
  /// One job more.
  void begin() { state_ += one_job; }

  /// One job less. After the last one whoever waits may destroy the group at once: from there on
  /// only the pool may be touched.
  // TODO 5.4 (about 10 lines): for TaskGroup.Waits*, Wait*: green with 5.1 to 5.3, 5.5 and 5.6
  //   What can a worker do while it waits, and when is it right to sleep? And any other thread?
  //   Somebody is about to sleep in the moment in which the last job ends: who sees whom?
  //   The last job is over: until when does the group exist?
  void finish() { todo("5.4", one_job, awaited); }

  /// Blocks until no job is unfinished.
  void wait_for_all() { todo("5.4"); }

  /// Does a job and destroys it. Keeps what it throws, if it is the first that fails.
  void perform(job work) noexcept {
    // TODO 5.5 (about 5 lines): for TaskGroup.WaitThrows*, AFailure*: green with 5.4
    //   What may a job throw, and who wants to hear of it? Two fail at the same time: who is first?
    todo("5.5", work);
  }

  /// Throws what perform() has kept, if anything, and forgets it.
  void rethrow() {
    if (failed_.exchange(false)) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  // One atomic for both: how many jobs are unfinished, and whether somebody sleeps until none is.
  static constexpr std::size_t awaited = 1;
  static constexpr std::size_t one_job = 2;

  Pool& pool_;
  std::atomic<std::size_t> state_ = 0;  // one_job for each that is unfinished, plus awaited
  std::atomic<bool> failed_ = false;
  std::exception_ptr failure_;  // written by the first that fails, read when none is unfinished
};

}  // namespace workbook
