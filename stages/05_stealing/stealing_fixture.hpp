#pragma once

#include <cstddef>
#include <latch>
#include <stealing_pool.hpp>  // of the side under test, as its suite includes it

#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "harness/test_threads.hpp"

namespace workbook {

/// Ends the test unless `threads` threads come to sleep: without a time limit, and without looking
/// again and again.
inline void wait_until_asleep(std::size_t threads, const char* otherwise) {
  const auto all_sleep = [&] { return harness::threads_waiting_on_futex() == threads; };
  if (!harness::eventually(all_sleep)) harness::fail_now(otherwise);
}

/// Ends the test unless all workers of a new pool, and no other thread, come to sleep.
template <class Pool>
void wait_until_idle(const Pool& pool) {
  wait_until_asleep(pool.size(),
                    "a worker without a job does not sleep: it has ended, or it looks for work "
                    "again and again");
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
