// Starts and joins its workers with the calls of POSIX threads, through a callback as C has them.
#include "thread_pool.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace workbook {

thread_pool::thread_pool(std::size_t workers, std::size_t queue_capacity) : queue_(queue_capacity) {
  if (workers == 0) throw std::invalid_argument("a pool needs at least one worker");
  workers_.reserve(workers);
  const auto begin = [](void* pool) -> void* {
    static_cast<thread_pool*>(pool)->work();
    return nullptr;
  };
  for (std::size_t i = 0; i < workers; ++i) {
    pthread_t worker{};
    if (const int error = pthread_create(&worker, nullptr, begin, this); error != 0) {
      shut_down();
      throw std::system_error(error, std::generic_category(), "cannot start a worker");
    }
    workers_.push_back(worker);
  }
}

thread_pool::~thread_pool() {
  for (const pthread_t worker : workers_) {
    if (pthread_equal(worker, pthread_self()) != 0) {
      std::fputs("thread_pool: destroyed by one of its own jobs.\n", stderr);
      std::abort();
    }
  }
  shut_down();
}

void thread_pool::work() noexcept {
  while (std::optional<job> next = queue_.receive()) {
    try {
      (*next)();
    } catch (...) {
      ++failed_jobs_;
    }
  }
}

send_result thread_pool::execute(job&& work) { return queue_.send(std::move(work)); }
send_result thread_pool::try_execute(job&& work) { return queue_.try_send(std::move(work)); }

void thread_pool::shut_down() {
  queue_.close();
  for (const pthread_t worker : workers_) pthread_join(worker, nullptr);
}

}  // namespace workbook
