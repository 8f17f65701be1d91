#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include <benchmarks.hpp>

#include "harness/story.hpp"
#include "harness/threads/thread_probes.hpp"

namespace workbook {
namespace {

using namespace harness;

constexpr int iterations = 50;

/// Keeps Google Benchmark quiet.
class no_report : public benchmark::BenchmarkReporter {
  bool ReportContext(const Context& /*context*/) override { return true; }
  void ReportRuns(const std::vector<Run>& /*runs*/) override {}
};

/// Runs `measured` for 50 iterations. @returns what the threads have done meanwhile.
thread_probes::call_counts calls_in(void (*measured)(benchmark::State&)) {
  const auto before = thread_probes::counts();
  benchmark::RegisterBenchmark("measured", measured)->Iterations(iterations);
  no_report quiet;
  benchmark::RunSpecifiedBenchmarks(&quiet, "measured");
  auto calls = thread_probes::counts();
  calls.created -= before.created;
  calls.joined -= before.joined;
  return calls;
}

TEST(Benchmarks, SpawnAndJoinStartsAThreadForEachIteration) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("4.5",
        "A benchmark measures what stands in its loop. Here that is to start a thread and to join "
        "it, once for each iteration.");
  step("50 iterations: 50 threads are started, and joined");
  const auto calls = calls_in(spawn_and_join);
  EXPECT_EQ(calls.created, iterations) << calls.created << " threads were started";
  EXPECT_EQ(calls.joined, iterations) << calls.joined << " threads were joined";
}

TEST(Benchmarks, DispatchMakesItsPoolBeforehand) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("4.5",
        "The pool is made once, before the loop: made inside, its threads would be measured, and "
        "the comparison would be of a thread with a thread.");
  step("50 iterations: one worker is started in all");
  const auto calls = calls_in(dispatch_to_pool);
  EXPECT_EQ(calls.created, 1) << calls.created << " threads were started";
}

}  // namespace
}  // namespace workbook
