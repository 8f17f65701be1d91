// What a job costs that makes two smaller ones and waits for them: a Fibonacci number, computed with a
// job for one half of each step. The argument is the number of threads that do jobs.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <lock_free_deque.hpp>
#include <optional>
#include <stealing_pool.hpp>
#include <task_group.hpp>
#include <utility>

#include "sched/boxed_jobs.hpp"
#include "support/job.hpp"

#if __has_include(<oneapi/tbb/task_group.h>)  // optional: only to compare with
#define HAVE_TBB
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#endif

namespace {

using namespace workbook;

constexpr unsigned number = 23;

/// How many jobs fibonacci() makes: one for each step that is not yet at 0 or 1.
constexpr std::int64_t jobs_of(unsigned n) {
  return n < 2 ? 0 : 1 + jobs_of(n - 1) + jobs_of(n - 2);
}

/// The deque of a pool in which all workers share one, as in stage 03: what is stolen from the others
/// is always the same deque.
class one_for_all {
 public:
  bool push(job&& work) { return shared().push(std::move(work)); }
  std::optional<job> pop() { return shared().pop(); }
  std::optional<job> steal() { return shared().steal(); }
  [[nodiscard]] bool empty() const { return shared().empty(); }

 private:
  static job_deque& shared() {
    static job_deque jobs;
    return jobs;
  }
};

template <class Pool>
std::uint64_t fibonacci(Pool& pool, unsigned n) {
  if (n < 2) return n;
  std::uint64_t first = 0;
  task_group group(pool);
  group.run([&pool, &first, n] { first = fibonacci(pool, n - 1); });
  const std::uint64_t second = fibonacci(pool, n - 2);
  group.wait();
  return first + second;
}

void count_jobs(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * jobs_of(number));
}

template <class Deque>
void in_jobs(benchmark::State& state) {
  stealing_pool<Deque> pool(static_cast<std::size_t>(state.range(0)));
  for ([[maybe_unused]] auto step : state) {
    std::uint64_t value = 0;
    task_group all(pool);
    all.run([&] { value = fibonacci(pool, number); });
    all.wait();
    benchmark::DoNotOptimize(value);
  }
  count_jobs(state);
}

#ifdef HAVE_TBB
std::uint64_t fibonacci_in_tbb(unsigned n) {
  if (n < 2) return n;
  std::uint64_t first = 0;
  tbb::task_group group;
  group.run([&first, n] { first = fibonacci_in_tbb(n - 1); });
  const std::uint64_t second = fibonacci_in_tbb(n - 2);
  group.wait();
  return first + second;
}

void in_tbb(benchmark::State& state) {
  tbb::task_arena arena(static_cast<int>(state.range(0)));  // the calling thread is one of them
  for ([[maybe_unused]] auto step : state) {
    std::uint64_t value = 0;
    arena.execute([&] { value = fibonacci_in_tbb(number); });
    benchmark::DoNotOptimize(value);
  }
  count_jobs(state);
}
#endif

void settings(benchmark::internal::Benchmark* registered) {
  registered->Arg(1)->Arg(2)->Arg(4)->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(in_jobs<job_deque>)->Name("deques")->Apply(settings);
BENCHMARK(in_jobs<boxed_jobs<lock_free_deque<job, 4096>>>)->Name("lock-free")->Apply(settings);
BENCHMARK(in_jobs<one_for_all>)->Name("one queue")->Apply(settings);
#ifdef HAVE_TBB
BENCHMARK(in_tbb)->Name("oneTBB")->Apply(settings);
#endif

}  // namespace
