// What cannot be explored gets no verdict, and says which thread and where.
#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"

namespace {

using namespace workbook::harness;

class ExploreNoVerdict : public explored_test {};

void expect_no_verdict(const explore_result& result, const std::vector<std::string>& words) {
  EXPECT_EQ(result.verdict, explore_verdict::no_verdict) << result.summary();
  EXPECT_FALSE(result.passed());
  EXPECT_TRUE(result.summary().starts_with("cannot be explored: ")) << result.summary();
  for (const std::string& word : words) {
    EXPECT_NE(result.summary().find(word), std::string::npos)
        << word << "\nin " << result.summary();
  }
}

TEST_F(ExploreNoVerdict, ALoopWithoutAStep) {
  const auto result = explore({}, [] {
    std::atomic_flag taken;
    std::thread other([&] {
      while (taken.test_and_set()) {
      }
      explore_point("inside");
      taken.clear();
    });
    while (taken.test_and_set()) {
    }
    explore_point("inside");
    taken.clear();
    other.join();
  });
  expect_no_verdict(result, {"loops without taking a step at ", "explore_no_verdict_test.cpp:"});
}

TEST_F(ExploreNoVerdict, AWaitThatNobodySees) {
  const auto result = explore({}, [] {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    std::thread other([&] {
      char byte = 0;
      static_cast<void>(::read(ends[0], &byte, 1));
    });
    other.join();
  });
  expect_no_verdict(result, {"thread 1 waits in ", "read (", "explore_no_verdict_test.cpp:"});
}

TEST_F(ExploreNoVerdict, ALoopThatSleepsWhereNobodySees) {
  const auto result = explore({}, [] {
    std::atomic<bool> done = false;
    std::thread other([&] {
      explore_point("now");
      done = true;
    });
    pollfd nothing{-1, 0, 0};
    while (!done) ::poll(&nothing, 1, 1);
    other.join();
  });
  expect_no_verdict(result, {"main waits in ", "poll ("});
}

TEST_F(ExploreNoVerdict, ACallThatHasNoModel) {
  const auto result = explore({}, [] {
    std::thread other([] { pthread_exit(nullptr); });
    other.join();
  });
  expect_no_verdict(result, {"thread 1 calls pthread_exit"});
}

TEST_F(ExploreNoVerdict, ABodyThatDependsOnChance) {
  const auto result = explore({}, [] {
    static int runs = 0;
    ++runs;
    std::thread other([] { explore_point("other"); });
    for (int i = 0; i < runs % 7; ++i) explore_point("main");
    other.join();
  });
  expect_no_verdict(result, {"the body"});
}

// The child that explores is killed once; its schedule is run again and holds.
TEST_F(ExploreNoVerdict, AFailureThatDoesNotComeBack) {
  std::array<int, 2> once{};
  ASSERT_EQ(::pipe(once.data()), 0);
  ASSERT_EQ(::write(once[1], "x", 1), 1);
  ::close(once[1]);
  const auto result = explore({}, [&] {
    char byte = 0;
    std::thread other([] {});
    if (::read(once[0], &byte, 1) == 1) ::raise(SIGKILL);
    other.join();
  });
  expect_no_verdict(result, {"did not come back", "Killed"});
}

}  // namespace
