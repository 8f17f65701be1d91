// Shuts down under std::call_once, so that the way out of a failed constructor and the destructor
// are the same function; the workers are plain std::threads.
#include "thread_pool.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace workbook {

thread_pool::thread_pool(std::size_t workers, std::size_t queue_capacity) : queue_(queue_capacity) {
  if (workers == 0) throw std::invalid_argument("a pool needs at least one worker");
  workers_.reserve(workers);
  try {
    for (std::size_t i = 0; i < workers; ++i) workers_.emplace_back(&thread_pool::work, this);
  } catch (...) {
    shut_down();
    throw;
  }
}

thread_pool::~thread_pool() {
  for (const std::thread& worker : workers_) {
    if (worker.get_id() == std::this_thread::get_id()) {
      std::fputs("thread_pool: destroyed by one of its own jobs.\n", stderr);
      std::abort();
    }
  }
  shut_down();
}

void thread_pool::work() {
  while (std::optional<job> next = queue_.receive()) {
    try {
      (*next)();
    } catch (...) {
      failed_jobs_.fetch_add(1);
    }
  }
}

send_result thread_pool::execute(job&& work) { return queue_.send(std::move(work)); }
send_result thread_pool::try_execute(job&& work) { return queue_.try_send(std::move(work)); }

void thread_pool::shut_down() {
  std::call_once(shut_down_, [this] {
    queue_.close();
    for (std::thread& worker : workers_) worker.join();
  });
}

}  // namespace workbook
