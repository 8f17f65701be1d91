#include "benchmarks.hpp"

#include <semaphore>
#include <thread>

#include "thread_pool.hpp"

namespace workbook {

void spawn_and_join(benchmark::State& state) {
  for ([[maybe_unused]] auto iteration : state) {
    bool done = false;
    std::jthread([&done] { done = true; }).join();
    benchmark::DoNotOptimize(done);
  }
}

void dispatch_to_pool(benchmark::State& state) {
  thread_pool pool(1, 1);
  std::binary_semaphore done(0);
  for ([[maybe_unused]] auto iteration : state) {
    (void)pool.execute([&done] { done.release(); });
    done.acquire();
  }
}

}  // namespace workbook
