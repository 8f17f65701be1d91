// Lets a coroutine hand the jobs to a worker, one after the other, as std::generator will in C++23.
#include "thread_pool.hpp"

#include <algorithm>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <utility>

namespace workbook {
namespace {

/// A row of jobs that a coroutine yields. Not thread-safe: each worker has its own.
class job_sequence {
 public:
  struct promise_type {
    job* current = nullptr;

    job_sequence get_return_object() {
      return job_sequence(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(job& next) noexcept {
      current = &next;
      return {};
    }
    void return_void() noexcept {}
    void unhandled_exception() { std::terminate(); }
  };

  explicit job_sequence(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  job_sequence(job_sequence&& other) noexcept
      : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  ~job_sequence() {
    if (coroutine_) coroutine_.destroy();
  }

  /// @returns the next job, which lives until the next call; null when there will be none.
  job* next() {
    coroutine_.resume();
    return coroutine_.done() ? nullptr : coroutine_.promise().current;
  }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

job_sequence jobs_of(bounded_channel<job>& queue) {
  // The job is destroyed before the next is waited for.
  while (auto next = queue.receive()) co_yield *next;
}

}  // namespace

thread_pool::thread_pool(std::size_t workers, std::size_t queue_capacity) : queue_(queue_capacity) {
  if (workers == 0) throw std::invalid_argument("a pool needs at least one worker");
  start(workers);
}

thread_pool::~thread_pool() {
  const auto mine = std::this_thread::get_id();
  if (std::ranges::find(workers_, mine, &std::jthread::get_id) != workers_.end()) {
    std::fputs("thread_pool: destroyed by one of its own jobs.\n", stderr);
    std::abort();
  }
  shut_down();
}

void thread_pool::start(std::size_t workers) {
  try {
    while (workers_.size() < workers) workers_.emplace_back([this] { work(); });
  } catch (...) {
    queue_.close();
    throw;
  }
}

void thread_pool::work() {
  job_sequence jobs = jobs_of(queue_);
  while (job* const next = jobs.next()) run(*next);
}

send_result thread_pool::execute(job&& work) { return queue_.send(std::move(work)); }
send_result thread_pool::try_execute(job&& work) { return queue_.try_send(std::move(work)); }

void thread_pool::run(job& work) noexcept {
  try {
    work();
  } catch (...) {
    ++failed_jobs_;
  }
}

void thread_pool::shut_down() {
  queue_.close();
  for (std::jthread& worker : workers_) worker.join();
}

}  // namespace workbook
