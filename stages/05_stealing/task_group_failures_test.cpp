// What becomes of a job of a group that throws.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <task_group.hpp>

#include "05_stealing/stealing_fixture.hpp"
#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(TaskGroup, WaitThrowsWhatAJobHasThrown) {
  about("5.5",
        "Whoever waits has to hear that a job has failed: wait() throws on what the job threw, "
        "when all are done.");
  stealing_pool pool(1);
  task_group group(pool);
  std::atomic<int> done = 0;
  step("the second of three jobs throws");
  group.run([&] { ++done; });
  group.run([] { throw std::runtime_error("no such file"); });
  group.run([&] { ++done; });
  step("wait() throws it on, after the third is done");
  try {
    group.wait();
    ADD_FAILURE() << "wait() has not said that a job failed";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "no such file");
  }
  EXPECT_EQ(done, 2) << "a job that failed has cost another one";
}

TEST(TaskGroup, WaitThrowsTheFirstFailureOnce) {
  about("5.5",
        "Of several failures the first is told: the others often follow from it. It is told once, "
        "and then the group is as new: also for another failure.");
  stealing_pool pool(1);
  task_group group(pool);
  const auto thrown = [&] {
    try {
      group.wait();
    } catch (int number) {
      return number;
    }
    return 0;
  };
  step("jobs throw 1, 2, 3");
  for (int number : {1, 2, 3}) group.run([number] { throw number; });
  EXPECT_EQ(thrown(), 1) << "it is not the first failure that wait() has thrown";
  step("a second wait() throws nothing");
  EXPECT_EQ(thrown(), 0) << "an old failure was told again";
  step("a job throws 4");
  group.run([] { throw 4; });
  EXPECT_EQ(thrown(), 4) << "a later failure was not told";
}

TEST(TaskGroup, AFailureThatNobodyAsksForIsOver) {
  about("5.5",
        "A group may be destroyed without wait(), for instance because something else has thrown: "
        "its destructor waits, and throws nothing.");
  stealing_pool pool(1);
  step("a job throws, and the group is destroyed");
  {
    task_group group(pool);
    group.run([] { throw std::runtime_error("no such file"); });
  }
  step("the worker is still there");
  wait_for_the_worker(pool);
}

}  // namespace
}  // namespace workbook
