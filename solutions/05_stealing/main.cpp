#include <atomic>
#include <thread>

#include "program/fork_join_program.hpp"
#include "stealing_pool.hpp"
#include "task_group.hpp"

using namespace workbook;

namespace {

struct fork_join {
  stealing_pool<>& pool;
  std::atomic<std::uint64_t> jobs = 0;
  std::atomic<std::uint64_t> elsewhere = 0;

  void fibonacci(unsigned number, std::uint64_t& value) {
    if (number < 2) {
      value = number;
      return;
    }
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    task_group group(pool);
    group.run([&, maker = std::this_thread::get_id()] {
      ++jobs;
      if (std::this_thread::get_id() != maker) ++elsewhere;
      fibonacci(number - 1, first);
    });
    fibonacci(number - 2, second);
    group.wait();
    value = first + second;
  }
};

fork_join_result compute(const fork_join_options& chosen) {
  stealing_pool<> pool(chosen.workers);
  fork_join computation{pool};
  std::uint64_t value = 0;
  task_group all(pool);
  all.run([&] { computation.fibonacci(chosen.number, value); });
  all.wait();
  return {value, computation.jobs + 1, computation.elsewhere + 1};
}

}  // namespace

int main(int argc, char** argv) { return run_fork_join_program(argc, argv, compute); }
