// Threads that steal each other's work, and sleep where there is none: complete within the bounds in
// seconds, so that a suite can ask for it.
// Source: Chase and Lev, "Dynamic circular work-stealing deque" (SPAA 2005).
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedStealing : public explored_test {};

void expect_all(const explore_options& options, const std::function<void()>& body) {
  const auto result = explore(options, body);
  EXPECT_TRUE(result.passed() && result.all) << result.summary() << "\n" << result.trace;
}

/// All operations are sequentially consistent.
class stealing_deque {
 public:
  void push(int item) {
    items_[bottom_ % items_.size()] = item;
    ++bottom_;
  }
  int pop() {
    const std::size_t bottom = bottom_;
    if (bottom == top_) return 0;
    const std::size_t newest = bottom - 1;
    bottom_ = newest;
    std::size_t top = top_;
    if (top < newest) return items_[newest % items_.size()];
    const bool mine = top == newest && top_.compare_exchange_strong(top, top + 1);
    bottom_ = bottom;
    return mine ? items_[newest % items_.size()].load() : 0;
  }
  int steal() {
    std::size_t top = top_;
    if (top >= bottom_) return 0;
    const int item = items_[top % items_.size()];
    return top_.compare_exchange_strong(top, top + 1) ? item : 0;
  }

 private:
  std::atomic<std::size_t> top_ = 0;
  std::atomic<std::size_t> bottom_ = 0;
  std::array<std::atomic<int>, 4> items_ = {};
};

void an_owner_and_two_thieves_at_the_last_item() {
  stealing_deque items;
  std::array<int, 3> taken{};
  {
    const auto first = named("thief 1", [&] { taken[0] = items.steal(); });
    const auto second = named("thief 2", [&] { taken[1] = items.steal(); });
    items.push(1);
    taken[2] = items.pop();
  }
  explore_check(taken[0] + taken[1] + taken[2] == 1, "the item was lost, or taken twice");
}

TEST_F(ObservedStealing, TheLastItemIsTakenOnce) {
  expect_all({.preemptions = 3}, an_owner_and_two_thieves_at_the_last_item);
}

/// Two workers that sleep while there is no work; who hands in a job wakes one only if one sleeps.
class sleeping_pool {
 public:
  sleeping_pool() : workers_(2) {
    for (std::jthread& worker : workers_) worker = std::jthread([this] { work(); });
  }
  sleeping_pool(const sleeping_pool&) = delete;
  sleeping_pool& operator=(const sleeping_pool&) = delete;
  ~sleeping_pool() {
    ending_ = true;
    wake(true);
    for (std::jthread& worker : workers_) worker.join();
  }
  void submit(std::function<void()> job) {
    {
      const std::scoped_lock lock(jobs_mutex_);
      jobs_.push_back(std::move(job));
      ++waiting_jobs_;
    }
    wake(false);
  }

 private:
  bool run_one() {
    std::function<void()> job;
    {
      const std::scoped_lock lock(jobs_mutex_);
      if (jobs_.empty()) return false;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      --waiting_jobs_;
    }
    job();
    return true;
  }
  void work() {
    while (true) {
      const bool ending = ending_;
      if (run_one()) continue;
      if (ending) return;
      std::unique_lock lock(sleep_mutex_);
      ++asleep_;
      changed_.wait(lock, [this] { return ending_ || waiting_jobs_ > 0; });
      --asleep_;
    }
  }
  void wake(bool all) {
    if (asleep_ == 0) return;
    const std::scoped_lock lock(sleep_mutex_);
    all ? changed_.notify_all() : changed_.notify_one();
  }

  std::mutex jobs_mutex_;
  std::deque<std::function<void()>> jobs_;
  std::atomic<int> waiting_jobs_ = 0;
  std::atomic<int> asleep_ = 0;
  std::atomic<bool> ending_ = false;
  std::mutex sleep_mutex_;
  std::condition_variable changed_;
  std::vector<std::jthread> workers_;
};

TEST_F(ObservedStealing, AJobWakesASleeper) {
  expect_all({.preemptions = 2, .surprises = 0}, [] {
    bool done = false;
    {
      sleeping_pool pool;
      pool.submit([&] { done = true; });
    }
    explore_check(done, "a job was lost");
  });
}

}  // namespace
