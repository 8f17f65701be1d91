// Bodies that no explorer should be given: each is named in one sentence, and the explorer goes on.
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedBadBody : public explored_test {};

void expect_said(const std::string& words, const std::function<void()>& body) {
  const auto result = explore({}, body);
  EXPECT_NE(result.summary().find(words), std::string::npos) << result.summary();
  EXPECT_EQ(result.message.find('\n'), std::string::npos) << result.message;
}

TEST_F(ObservedBadBody, WritesThroughAWildPointer) {
  const auto write = [] { *reinterpret_cast<volatile int*>(16) = 1; };
  expect_said("the body crashed: Segmentation fault", [=] { both(write, [] {}); });
}

TEST_F(ObservedBadBody, CallsItselfWithoutEnd) {
  expect_said("the body crashed: Segmentation fault", [] {
    const std::function<int(int)> deeper = [&](int depth) { return deeper(depth + 1) + 1; };
    (void)deeper(0);
  });
}

TEST_F(ObservedBadBody, EndsTheProcess) {
  expect_said("the body ended the process, with exit status 3",
              [] { both([] { std::exit(3); }, [] {}); });
  expect_said("the body crashed: Aborted", [] { both([] { std::abort(); }, [] {}); });
}

// On a slow machine it is the loop that is noticed first.
TEST_F(ObservedBadBody, TakesMemoryWithoutEnd) {
  const auto result = explore({}, [] {
    while (::mmap(nullptr, std::size_t{1} << 26U, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) != MAP_FAILED) {
    }
  });
  EXPECT_TRUE(result.message.starts_with("main takes more than 1 GiB of memory at tests/") ||
              result.message.starts_with("main goes round a loop without a step at tests/"))
      << result.summary();
}

TEST_F(ObservedBadBody, TakesMemoryWithoutEndStepByStep) {
  expect_said("livelock", [] {
    std::vector<std::vector<char>> all;
    std::mutex mutex;
    while (true) {
      const std::scoped_lock lock(mutex);
      all.emplace_back(1000U, 'x');
    }
  });
}

TEST_F(ObservedBadBody, Forks) {
  expect_said("cannot be explored: other calls fork", [] { both([] { (void)::fork(); }, [] {}); });
}

TEST_F(ObservedBadBody, WaitsForTheClock) {
  expect_said("cannot be explored: main goes round a loop without a step at tests/", [] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::hours(1);
    while (std::chrono::steady_clock::now() < end) {
    }
  });
}

TEST_F(ObservedBadBody, StartsThreadsWithoutEnd) {
  expect_said("cannot be explored: the body starts more than 47 threads", [] {
    std::vector<std::jthread> threads;
    while (true) threads.emplace_back([] {});
  });
}

// Not bad, only many: what can be tried is.
TEST_F(ObservedBadBody, FortyThreadsAreExploredAsFarAsTheBudgetGoes) {
  const auto result = explore({.max_schedules = 100}, [] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 40; ++i) threads.emplace_back([] {});
  });
  EXPECT_TRUE(result.passed()) << result.summary();
  EXPECT_EQ(result.schedules, 100);
}

// Not bad at all.
TEST_F(ObservedBadBody, SleepsAndReadsTheClock) {
  using namespace std::chrono_literals;
  expect_right([] {
    both([] { std::this_thread::sleep_for(1h); },
         [] {
           const auto start = std::chrono::steady_clock::now();
           std::this_thread::sleep_for(2h);
           explore_check(std::chrono::steady_clock::now() - start == 2h, "two hours have passed");
         });
  });
}

}  // namespace
