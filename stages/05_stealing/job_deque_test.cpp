#include <gtest/gtest.h>

#include <job_deque.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

/// A deque of jobs that write down their numbers.
struct numbered_jobs {
  job_deque deque;
  std::vector<int> order;

  void push(int number) {
    EXPECT_TRUE(deque.push([this, number] { order.push_back(number); }));
  }
  void pop() {
    auto work = deque.pop();
    ASSERT_TRUE(work) << "pop() has found nothing where there is a job";
    (*work)();
  }
  void steal() {
    auto work = deque.steal();
    ASSERT_TRUE(work) << "steal() has found nothing where there is a job";
    (*work)();
  }
};

TEST(JobDeque, PopTakesTheNewest) {
  about("5.1",
        "The owner takes the job that it has put in last: what that one needs is still in its "
        "cache. pop() takes from the end at which push() puts in.");
  numbered_jobs jobs;
  step("1, 2, 3 are pushed");
  for (int number : {1, 2, 3}) jobs.push(number);
  step("pop() gives 3, 2, 1");
  for (int i = 0; i < 3; ++i) jobs.pop();
  EXPECT_EQ(jobs.order, (std::vector{3, 2, 1}));
}

TEST(JobDeque, StealTakesTheOldest) {
  about("5.1",
        "A thief takes the job that was put in first: at the other end than its owner, and the one "
        "that will make the most work. The owner's end is the owner's.");
  numbered_jobs jobs;
  step("1, 2, 3 are pushed");
  for (int number : {1, 2, 3}) jobs.push(number);
  step("steal() gives 1, 2, 3");
  for (int i = 0; i < 3; ++i) jobs.steal();
  EXPECT_EQ(jobs.order, (std::vector{1, 2, 3}));
}

TEST(JobDeque, BothEndsMeet) {
  about("5.1", "Both ends belong to one deque: what one has taken the other must not find.");
  numbered_jobs jobs;
  step("1, 2, 3 are pushed; one is stolen, one is popped, 4 is pushed");
  for (int number : {1, 2, 3}) jobs.push(number);
  jobs.steal();
  jobs.pop();
  jobs.push(4);
  step("pop() gives 4, steal() gives 2, and nothing is left");
  jobs.pop();
  jobs.steal();
  EXPECT_EQ(jobs.order, (std::vector{1, 3, 4, 2}));
  EXPECT_TRUE(jobs.deque.empty());
}

TEST(JobDeque, GivesNothingWhenItIsEmpty) {
  about("5.1", "Nobody waits for a job here: without one, both functions say so at once.");
  job_deque deque;
  step("nothing was ever pushed");
  EXPECT_FALSE(deque.pop());
  EXPECT_FALSE(deque.steal());
  step("one job was pushed and taken");
  EXPECT_TRUE(deque.push([] {}));
  EXPECT_FALSE(deque.empty());
  EXPECT_TRUE(deque.pop());
  EXPECT_FALSE(deque.steal());
  EXPECT_FALSE(deque.pop());
  EXPECT_TRUE(deque.empty());
}

TEST(JobDeque, KeepsNothingOfWhatItHasGivenAway) {
  about("5.1", "A job that was taken out belongs to whoever took it: it is moved, not copied.");
  job_deque deque;
  const auto owned = std::make_shared<int>();
  step("a job is pushed, popped and destroyed; another is stolen");
  EXPECT_TRUE(deque.push([owned] {}));
  EXPECT_TRUE(deque.push([owned] {}));
  EXPECT_TRUE(deque.pop());
  EXPECT_EQ(owned.use_count(), 2) << "the deque still has the job that was popped";
  EXPECT_TRUE(deque.steal());
  EXPECT_EQ(owned.use_count(), 1) << "the deque still has the job that was stolen";
}

}  // namespace
}  // namespace workbook
