#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <latch>
#include <utility>

#if __has_include(<boost/asio/thread_pool.hpp>)  // optional: only to compare with
#define HAVE_BOOST_ASIO
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#endif

namespace workbook::bench {

/// How many jobs are handed in before anybody waits.
inline constexpr std::ptrdiff_t burst = 100'000;

/// What it costs to hand a job to a pool: one thread hands in bursts of empty jobs and waits until
/// all are done. The argument is the number of workers.
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

/// One, two and four workers.
inline void settings(benchmark::internal::Benchmark* registered) {
  registered->Arg(1)->Arg(2)->Arg(4)->UseRealTime()->Unit(benchmark::kMillisecond);
}

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

}  // namespace workbook::bench
