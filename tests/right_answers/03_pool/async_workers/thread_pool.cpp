// Has futures of std::async for workers, and counts the jobs that failed under a mutex.
#include "thread_pool.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace workbook {
namespace {

// A future does not tell the id of its thread, so each worker knows its pool instead.
thread_local const thread_pool* pool_of_this_thread = nullptr;

}  // namespace

thread_pool::thread_pool(std::size_t workers, std::size_t queue_capacity) : queue_(queue_capacity) {
  if (workers == 0) throw std::invalid_argument("a pool needs at least one worker");
  try {
    while (workers_.size() < workers) {
      workers_.push_back(std::async(std::launch::async, &thread_pool::work, this));
    }
  } catch (...) {
    queue_.close();  // the futures that exist are destroyed next, and each waits for its thread
    throw;
  }
}

thread_pool::~thread_pool() {
  if (pool_of_this_thread == this) {
    std::fputs("thread_pool: destroyed by one of its own jobs.\n", stderr);
    std::abort();
  }
  queue_.close();
  for (std::future<void>& worker : workers_) worker.get();
}

void thread_pool::work() {
  pool_of_this_thread = this;
  while (auto next = queue_.receive()) run(*next);
}

void thread_pool::run(job& work) noexcept {
  try {
    work();
  } catch (...) {
    const std::scoped_lock lock(mutex_);
    ++failed_jobs_;
  }
}

send_result thread_pool::execute(job&& work) { return queue_.send(std::move(work)); }
send_result thread_pool::try_execute(job&& work) { return queue_.try_send(std::move(work)); }

std::uint64_t thread_pool::failed_jobs() const {
  const std::scoped_lock lock(mutex_);
  return failed_jobs_;
}

}  // namespace workbook
