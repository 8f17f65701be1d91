#include "thread_pool.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace workbook {

thread_pool::thread_pool(std::size_t workers, std::size_t queue_capacity) : queue_(queue_capacity) {
  if (workers == 0) throw std::invalid_argument("a pool needs at least one worker");
  start(workers);
}

thread_pool::~thread_pool() {
  const auto mine = std::this_thread::get_id();
  if (std::ranges::find(workers_, mine, &std::jthread::get_id) != workers_.end()) {
    std::fputs(
        "thread_pool: destroyed by one of its own jobs. The destructor waits for the workers, and "
        "a worker cannot wait for itself: let another thread own the pool.\n",
        stderr);
    std::abort();
  }
  shut_down();
}

/// Fills workers_ with threads that run work(). If the system refuses one, ends those that exist
/// and rethrows what the system threw.
void thread_pool::start(std::size_t workers) {
  try {
    while (workers_.size() < workers) workers_.emplace_back([this] { work(); });
  } catch (...) {
    // A member's destructor will join the workers. They must know that no job will come.
    queue_.close();
    throw;
  }
}

/// What a worker does all its life: run() job after job, until no job will ever come.
void thread_pool::work() {
  while (auto next = queue_.receive()) run(*next);
}

send_result thread_pool::execute(job&& work) { return queue_.send(std::move(work)); }
send_result thread_pool::try_execute(job&& work) { return queue_.try_send(std::move(work)); }

/// Does one job. Whatever it throws is caught here, and counted.
void thread_pool::run(job& work) noexcept {
  try {
    work();
  } catch (...) {
    ++failed_jobs_;
  }
}

/// What the destructor does: when it returns, every accepted job has run and every thread has
/// ended.
void thread_pool::shut_down() {
  queue_.close();
  for (std::jthread& worker : workers_) worker.join();
}

}  // namespace workbook
