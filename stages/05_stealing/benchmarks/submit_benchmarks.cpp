// What it costs to hand a job in from outside.
#include <cstddef>
#include <stealing_pool.hpp>
#include <utility>

#include "03_pool/benchmarks/dispatch.hpp"
#include "owned_deque.hpp"
#include "tuned_room.hpp"

#if __has_include(<oneapi/tbb/task_arena.h>)  // optional: only to compare with
#define HAVE_TBB
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#endif

#if __has_include(<taskflow/taskflow.hpp>)  // optional: only to compare with
#define HAVE_TASKFLOW
#include <taskflow/taskflow.hpp>
#endif

namespace {

using namespace workbook;

template <class Pool>
class ours {
 public:
  explicit ours(std::size_t workers) : pool_(workers) {}

  template <class Function>
  void execute(Function work) {
    pool_.submit(std::move(work));
  }

 private:
  Pool pool_;
};

using this_pool = ours<stealing_pool<>>;
using tuned_pool = ours<stealing_pool<bench::owned_deque, bench::tuned_room>>;

#ifdef HAVE_TBB
class tbb_pool {
 public:
  // One more than the workers, and no place for the calling thread: it only hands in.
  explicit tbb_pool(std::size_t workers)
      : control_(tbb::global_control::max_allowed_parallelism, workers + 1),
        arena_(static_cast<int>(workers), 0) {}

  template <class Function>
  void execute(Function work) {
    arena_.enqueue(std::move(work));
  }

 private:
  tbb::global_control control_;
  tbb::task_arena arena_;
};
#endif

#ifdef HAVE_TASKFLOW
class taskflow_pool {
 public:
  explicit taskflow_pool(std::size_t workers) : executor_(workers) {}

  template <class Function>
  void execute(Function work) {
    executor_.silent_async(std::move(work));
  }

 private:
  tf::Executor executor_;
};
#endif

BENCHMARK(bench::dispatch<this_pool>)->Name("this pool")->Apply(bench::settings);
BENCHMARK(bench::dispatch<tuned_pool>)->Name("tuned")->Apply(bench::settings);
#ifdef HAVE_TBB
BENCHMARK(bench::dispatch<tbb_pool>)->Name("oneTBB")->Apply(bench::settings);
#endif
#ifdef HAVE_BOOST_ASIO
BENCHMARK(bench::dispatch<bench::asio_pool>)->Name("boost::asio")->Apply(bench::settings);
#endif
#ifdef HAVE_TASKFLOW
BENCHMARK(bench::dispatch<taskflow_pool>)->Name("Taskflow")->Apply(bench::settings);
#endif

}  // namespace
