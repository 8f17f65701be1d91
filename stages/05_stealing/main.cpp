#include <atomic>
#include <thread>

#include "program/fork_join_program.hpp"
#include "stealing_pool.hpp"
#include "task_group.hpp"

using namespace workbook;

namespace {

struct fork_join {
  stealing_pool<> pool;
  std::atomic<std::uint64_t> jobs = 0;
  std::atomic<std::uint64_t> elsewhere = 0;

  std::uint64_t fibonacci(unsigned number) {
    if (number < 2) return number;
    std::uint64_t first = 0;
    task_group group(pool);
    group.run([&, maker = std::this_thread::get_id()] {
      ++jobs;
      if (std::this_thread::get_id() != maker) ++elsewhere;
      first = fibonacci(number - 1);
    });
    const std::uint64_t second = fibonacci(number - 2);
    group.wait();
    return first + second;
  }
};

fork_join_result compute(const fork_join_options& chosen) {
  fork_join all{stealing_pool<>(chosen.workers)};
  const std::uint64_t value = all.fibonacci(chosen.number);
  return {value, all.jobs, all.elsewhere};
}

}  // namespace

int main(int argc, char** argv) { return run_fork_join_program(argc, argv, compute); }
