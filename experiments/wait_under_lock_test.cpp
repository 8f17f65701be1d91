// Experiment: a job holds a mutex while it waits for another job. Linux only.
// Build: solutions
// Run: --gtest_filter=Helping.UnderALock
// Expect: exit 1
// Expect-output: held by
// Run: --gtest_filter=Helping.AfterTheLock
// Expect: exit 0
// Look at: who holds the mutex that the only worker waits for.
#include <gtest/gtest.h>

#include <mutex>
#include <stealing_pool.hpp>
#include <task_group.hpp>

#include "harness/story.hpp"

using namespace workbook;
using namespace workbook::harness;

/// A list with its mutex, and a job that needs both for a moment.
struct shared_list {
  std::mutex mutex;
  int length = 0;

  void append() {
    const std::scoped_lock lock(mutex);
    ++length;
  }
};

TEST(Helping, UnderALock) {
  about("",
        "A wait that helps does any job: also one that needs the mutex which its caller holds.");
  shared_list list;
  stealing_pool<> pool(1);
  step("a job locks the list, submits a job that appends, and waits for another job");
  task_group all(pool);
  all.run([&] {
    const std::scoped_lock lock(list.mutex);
    task_group part(pool);
    part.run([] {});
    all.run([&] { list.append(); });
    part.wait();
    list.length += 10;
  });
  all.wait();
}

TEST(Helping, AfterTheLock) {
  shared_list list;
  stealing_pool<> pool(1);
  step("the same, but the job waits before it locks the list");
  task_group all(pool);
  all.run([&] {
    task_group part(pool);
    part.run([] {});
    all.run([&] { list.append(); });
    part.wait();
    const std::scoped_lock lock(list.mutex);
    list.length += 10;
  });
  all.wait();
  EXPECT_EQ(list.length, 11);
}
