#pragma once

#include <cstddef>
#include <latch>
#include <stealing_pool.hpp>  // of the side under test, as its suite includes it

#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {

/// What a worker without a job does, and what it means if it does not.
inline void about_idle_workers() {
  harness::about("5.6",
                 "An idle worker sleeps until it is woken, without a time limit. One that looks "
                 "again and again, or yields, takes a processor from those who work; one that "
                 "sleeps for a while comes late.");
}

/// @returns whether `threads` threads come to sleep: without a time limit, and without looking again
/// and again.
[[nodiscard]] inline bool come_to_sleep(std::size_t threads) {
  return harness::eventually([&] { return harness::threads_waiting_on_futex() == threads; });
}

/// Ends the test unless `threads` threads come to sleep.
inline void wait_until_asleep(std::size_t threads, const char* otherwise) {
  if (!come_to_sleep(threads)) harness::fail_now(otherwise);
}

/// Ends the test unless the workers of new pools, that many in all, come to sleep. Whatever the test
/// is about, the loop of a worker is to blame.
inline void wait_until_workers_sleep(std::size_t workers) {
  if (come_to_sleep(workers)) return;
  about_idle_workers();
  harness::fail_now(
      "a worker without a job does not sleep: it has ended, or it looks for work again and again");
}

/// Ends the test unless all workers of a new pool, and no other thread, come to sleep.
template <class Pool>
void wait_until_idle(const Pool& pool) {
  wait_until_workers_sleep(pool.size());
}

/// Blocks until `pool` has done a job that is submitted now: if it has one worker, all that lay in
/// the inbox before.
template <class Pool>
void wait_for_the_worker(Pool& pool) {
  std::latch done(1);
  pool.submit([&] { done.count_down(); });
  done.wait();
}

}  // namespace workbook
