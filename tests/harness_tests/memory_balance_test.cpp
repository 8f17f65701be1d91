// The search for leaks is left out where it can find nothing, and only there.

#include "harness/memory_balance.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "harness/child_process.hpp"
#include "harness/sanitizers.hpp"

namespace workbook::harness {
namespace {

/// @returns what the balance says at the end of a process that does this: "even" or "uneven".
std::string balance_after(const std::function<void()>& act) {
  const auto end = run_in_child_process([&] {
    memory_balance::begin();
    act();
    memory_balance::end();
    std::_Exit(memory_balance::is_even() ? 0 : 1);
  });
  if (end.ended_by == "exit code 0") return "even";
  return end.ended_by == "exit code 1" ? "uneven" : end.ended_by;
}

void* volatile kept = nullptr;

TEST(MemoryBalance, IsEvenWhenAllIsGivenBack) {
  if (!address_sanitizer) GTEST_SKIP() << "nothing is counted in this build";
  EXPECT_EQ(balance_after([] {}), "even");
  EXPECT_EQ(balance_after([] { const std::string text(100, 'x'); }), "even");
}

TEST(MemoryBalance, IsUnevenWhenABlockIsKept) {
  EXPECT_EQ(balance_after([] { kept = std::malloc(1); }), "uneven");
}

// Each thread has memory of the C library; it keeps that of a few for the next ones.
TEST(MemoryBalance, IsEvenAfterThreads) {
  if (!address_sanitizer || !WORKBOOK_INTERPOSE) GTEST_SKIP() << "nothing is counted in this build";
  const auto use_threads = [] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) threads.emplace_back([] { const std::string text(100, 'x'); });
  };
  EXPECT_EQ(balance_after(use_threads), "even");
}

TEST(MemoryBalance, AnOlderBlockDoesNotMakeUpForANewOne) {
  void* const older = std::malloc(100);
  const auto swap = [older] {
    std::free(older);
    kept = std::malloc(100);
  };
  EXPECT_EQ(balance_after(swap), "uneven");
  std::free(older);
}

}  // namespace
}  // namespace workbook::harness
