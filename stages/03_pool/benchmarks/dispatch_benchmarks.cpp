// What it costs to hand a job to the pool of stage 03; there is room for more than a burst.
#include <cstddef>
#include <thread>
#include <thread_pool.hpp>
#include <utility>
#include <vector>

#include "dispatch.hpp"
#include "support/job.hpp"
#include "tuned_channel.hpp"

namespace {

using namespace workbook;

constexpr std::size_t room = 2 * bench::burst;

/// The solution of stage 03.
class our_pool {
 public:
  explicit our_pool(std::size_t workers) : pool_(workers, room) {}

  template <class Function>
  void execute(Function work) {
    (void)pool_.execute(std::move(work));
  }

 private:
  thread_pool pool_;
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
  bench::tuned_channel<job> queue_;
  std::vector<std::jthread> workers_;  // last: joined before the queue is destroyed
};

BENCHMARK(bench::dispatch<our_pool>)->Name("this pool")->Apply(bench::settings);
BENCHMARK(bench::dispatch<tuned_pool>)->Name("tuned channel")->Apply(bench::settings);
#ifdef HAVE_BOOST_ASIO
BENCHMARK(bench::dispatch<bench::asio_pool>)->Name("boost::asio")->Apply(bench::settings);
#endif

}  // namespace
