// What it costs to hand a job to a pool: one thread hands in bursts of empty jobs and waits until
// all are done. The argument is the number of workers; there is room for more than a burst.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <latch>
#include <thread>
#include <thread_pool.hpp>
#include <utility>
#include <vector>

#include "support/job.hpp"
#include "tuned_channel.hpp"

#if __has_include(<boost/asio/thread_pool.hpp>)  // optional: only to compare with
#define HAVE_BOOST_ASIO
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#endif

namespace {

constexpr std::ptrdiff_t burst = 100'000;
constexpr std::size_t room = 2 * burst;

/// The solution of stage 03.
class our_pool {
 public:
  explicit our_pool(std::size_t workers) : pool_(workers, room) {}

  template <class Function>
  void execute(Function work) {
    (void)pool_.execute(std::move(work));
  }

 private:
  workbook::thread_pool pool_;
};

/// The same pool on the tuned channel.
class tuned_pool {
 public:
  explicit tuned_pool(std::size_t workers) : queue_(room) {
    while (workers_.size() < workers) {
      workers_.emplace_back([this] {
        while (auto next = queue_.receive()) (*next)();
      });
    }
  }
  ~tuned_pool() { queue_.close(); }

  template <class Function>
  void execute(Function work) {
    (void)queue_.send(std::move(work));
  }

 private:
  workbook::bench::tuned_channel<workbook::job> queue_;
  std::vector<std::jthread> workers_;  // last: joined before the queue is destroyed
};

#ifdef HAVE_BOOST_ASIO
class asio_pool {
 public:
  explicit asio_pool(std::size_t workers) : pool_(workers) {}
  ~asio_pool() { pool_.join(); }

  template <class Function>
  void execute(Function work) {
    boost::asio::post(pool_, std::move(work));
  }

 private:
  boost::asio::thread_pool pool_;
};
#endif

template <class Pool>
void dispatch(benchmark::State& state) {
  Pool pool(static_cast<std::size_t>(state.range(0)));
  for ([[maybe_unused]] auto step : state) {
    std::latch done(burst);
    for (std::ptrdiff_t i = 0; i < burst; ++i) {
      pool.execute([&done] { done.count_down(); });
    }
    done.wait();
  }
  state.SetItemsProcessed(state.iterations() * burst);
}

void settings(benchmark::internal::Benchmark* registered) {
  registered->Arg(1)->Arg(2)->Arg(4)->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(dispatch<our_pool>)->Name("this pool")->Apply(settings);
BENCHMARK(dispatch<tuned_pool>)->Name("tuned channel")->Apply(settings);
#ifdef HAVE_BOOST_ASIO
BENCHMARK(dispatch<asio_pool>)->Name("boost::asio")->Apply(settings);
#endif

}  // namespace
