// What it costs to hand a job in from outside: one thread hands in bursts of empty jobs and waits until
// all are done. The argument is the number of threads that do jobs.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <latch>
#include <stealing_pool.hpp>
#include <utility>

#if __has_include(<oneapi/tbb/task_arena.h>)  // optional: only to compare with
#define HAVE_TBB
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#endif

#if __has_include(<boost/asio/thread_pool.hpp>)  // optional: only to compare with
#define HAVE_BOOST_ASIO
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#endif

#if __has_include(<taskflow/taskflow.hpp>)  // optional: only to compare with
#define HAVE_TASKFLOW
#include <taskflow/taskflow.hpp>
#endif

namespace {

constexpr std::ptrdiff_t burst = 100'000;

/// The solution of stage 05.
class our_pool {
 public:
  explicit our_pool(std::size_t workers) : pool_(workers) {}

  template <class Function>
  void submit(Function work) {
    pool_.submit(std::move(work));
  }

 private:
  workbook::stealing_pool<> pool_;
};

#ifdef HAVE_TBB
class tbb_pool {
 public:
  // One more than the workers, and no place for the calling thread: it only hands in.
  explicit tbb_pool(std::size_t workers)
      : control_(tbb::global_control::max_allowed_parallelism, workers + 1),
        arena_(static_cast<int>(workers), 0) {}

  template <class Function>
  void submit(Function work) {
    arena_.enqueue(std::move(work));
  }

 private:
  tbb::global_control control_;
  tbb::task_arena arena_;
};
#endif

#ifdef HAVE_BOOST_ASIO
class asio_pool {
 public:
  explicit asio_pool(std::size_t workers) : pool_(workers) {}
  ~asio_pool() { pool_.join(); }

  template <class Function>
  void submit(Function work) {
    boost::asio::post(pool_, std::move(work));
  }

 private:
  boost::asio::thread_pool pool_;
};
#endif

#ifdef HAVE_TASKFLOW
class taskflow_pool {
 public:
  explicit taskflow_pool(std::size_t workers) : executor_(workers) {}

  template <class Function>
  void submit(Function work) {
    executor_.silent_async(std::move(work));
  }

 private:
  tf::Executor executor_;
};
#endif

template <class Pool>
void submit(benchmark::State& state) {
  Pool pool(static_cast<std::size_t>(state.range(0)));
  for ([[maybe_unused]] auto step : state) {
    std::latch done(burst);
    for (std::ptrdiff_t i = 0; i < burst; ++i) {
      pool.submit([&done] { done.count_down(); });
    }
    done.wait();
  }
  state.SetItemsProcessed(state.iterations() * burst);
}

void settings(benchmark::internal::Benchmark* registered) {
  registered->Arg(1)->Arg(2)->Arg(4)->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(submit<our_pool>)->Name("this pool")->Apply(settings);
#ifdef HAVE_TBB
BENCHMARK(submit<tbb_pool>)->Name("oneTBB")->Apply(settings);
#endif
#ifdef HAVE_BOOST_ASIO
BENCHMARK(submit<asio_pool>)->Name("boost::asio")->Apply(settings);
#endif
#ifdef HAVE_TASKFLOW
BENCHMARK(submit<taskflow_pool>)->Name("Taskflow")->Apply(settings);
#endif

}  // namespace
