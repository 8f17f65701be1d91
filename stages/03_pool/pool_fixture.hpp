#pragma once

#include <gtest/gtest.h>

#include <latch>
#include <thread_pool.hpp>  // of the side under test, as its suite includes it
#include <utility>

namespace workbook {

/// Hands in a job that has to be accepted.
inline void execute(thread_pool& pool, job work) {
  EXPECT_EQ(pool.execute(std::move(work)), send_result::accepted);
}

/// Blocks until `pool`, which has one worker, has done everything it was given before.
inline void wait_for_the_worker(thread_pool& pool) {
  std::latch done(1);
  execute(pool, [&] { done.count_down(); });
  done.wait();
}

}  // namespace workbook
