#include <gtest/gtest.h>

#include <job_deque.hpp>
#include <optional>
#include <stealing_pool.hpp>
#include <task_group.hpp>
#include <vector>

#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(JobDeque, PopTakesTheNewest) {
  about("5.1",
        "The owner takes the job that it has put in last: what that one needs is still at hand.");
  job_deque deque;
  std::vector<int> order;
  step("1, 2, 3 are pushed");
  for (int number : {1, 2, 3}) EXPECT_TRUE(deque.push([&, number] { order.push_back(number); }));
  step("pop() gives 3, 2, 1, and then nothing");
  while (auto work = deque.pop()) (*work)();
  EXPECT_EQ(order, (std::vector{3, 2, 1}));
}

}  // namespace
}  // namespace workbook
