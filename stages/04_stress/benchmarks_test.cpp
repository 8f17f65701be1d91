#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include <benchmarks.hpp>
#include <latch>

#include "harness/story.hpp"
#include "harness/test_threads.hpp"
#include "harness/threads/thread_probes.hpp"
#include "measure/standstill.hpp"

namespace workbook {
namespace {

using namespace harness;

constexpr int iterations = 50;

/// Keeps Google Benchmark quiet.
class no_report : public benchmark::BenchmarkReporter {
  bool ReportContext(const Context& /*context*/) override { return true; }
  void ReportRuns(const std::vector<Run>& /*runs*/) override {}
};

void run(void (*measured)(benchmark::State&), int times) {
  benchmark::ClearRegisteredBenchmarks();
  benchmark::RegisterBenchmark("measured", measured)->Iterations(times);
  no_report quiet;
  benchmark::RunSpecifiedBenchmarks(&quiet, "measured");
}

/// Runs `measured` for 50 iterations. @returns what the threads have done in that time.
thread_probes::call_counts calls_in(void (*measured)(benchmark::State&)) {
  const auto before = thread_probes::counts();
  run(measured, iterations);
  auto calls = thread_probes::counts();
  calls.created -= before.created;
  calls.joined -= before.joined;
  return calls;
}

TEST(Benchmarks, SpawnAndJoinStartsAThreadForEachIteration) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("4.5",
        "A benchmark measures what is inside its loop. Here that means starting a thread and "
        "joining it, once per iteration.");
  step("50 iterations: 50 threads are started, and joined");
  const auto calls = calls_in(spawn_and_join);
  EXPECT_EQ(calls.created, iterations) << calls.created << " threads were started";
  EXPECT_EQ(calls.joined, iterations) << calls.joined << " threads were joined";
}

TEST(Benchmarks, DispatchMakesItsPoolBeforehand) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("4.5",
        "The pool is made once, before the loop: if it were made inside, its threads would be "
        "measured, and you would compare a thread with a thread.");
  step("50 iterations: only one worker is started");
  const auto calls = calls_in(dispatch_to_pool);
  EXPECT_EQ(calls.created, 1) << calls.created << " threads were started";
}

/// How often Google Benchmark itself has notified all waiting threads, until the loop began.
long notifications_before_the_loop() {
  static long at_the_loop;
  const long before = thread_probes::counts().notify_all;
  run(
      [](benchmark::State& state) {
        for ([[maybe_unused]] auto iteration : state) {
          at_the_loop = thread_probes::counts().notify_all;
        }
      },
      1);
  return at_the_loop - before;
}

TEST(Benchmarks, DispatchWaitsUntilTheJobIsDone) {
  if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  about("4.5",
        "The benchmark did not wait for its job: a job that is handed in isn't done yet. Such a "
        "loop measures how fast a queue fills up.");
  const long before_the_loop = notifications_before_the_loop();
  const long at_first = thread_probes::counts().notify_all;
  std::latch arrived(1);
  std::latch begin(1);
  const standstill others;
  background measuring([&] {
    arrived.count_down();
    begin.wait();
    run(dispatch_to_pool, 1);
  });
  arrived.wait();
  step("one iteration; the worker is held before its first instruction, so the job cannot be done");
  thread_probes::thread_start_gate worker;
  begin.count_down();
  worker.wait_until_held(1);
  others.wait();
  // The end of the loop is announced to all threads of a benchmark, that of a pool to its workers.
  EXPECT_LE(thread_probes::counts().notify_all - at_first, before_the_loop)
      << "the loop ended, and the clock stopped, before the job was done";
  step("the worker begins");
  worker.open();
  EXPECT_EQ(measuring.wait(), "");
}

}  // namespace
}  // namespace workbook
