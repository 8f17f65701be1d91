// Experiment: four mistakes and a correct pool. Which tool sees which?
// Build: plain
// Run: racy_int two_steps lost_wakeup lock_order correct_pool
// Expect: exit 0
// Build: tsan
// Run: racy_int
// Expect: exit 66
// Expect-output: data race
// Run: two_steps
// Expect: exit 0
// Run: lost_wakeup
// Expect: exit 0
// Run: lock_order
// Expect: exit 66
// Expect-output: lock-order-inversion
// Run: correct_pool
// Expect: exit 0
// Build: helgrind
// Run: racy_int
// Expect: exit 66
// Expect-output: Possible data race
// Run: two_steps
// Expect: exit 0
// Run: lost_wakeup
// Expect: exit 0
// Run: lock_order
// Expect: exit 66
// Expect-output: lock order
// Run: correct_pool
// Expect: exit 66
// Expect-output: dubious: associated lock is not held
// Look at: silence about a mistake, and a complaint about the correct pool.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <string_view>
#include <thread>

void racy_int() {
  int hits = 0;
  std::jthread first([&] { ++hits; });
  std::jthread second([&] { ++hits; });
}

void two_steps() {
  std::atomic<int> hits = 0;
  std::jthread first([&] { hits = hits + 1; });
  std::jthread second([&] { hits = hits + 1; });
}

void lost_wakeup() {
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<bool> done = false;
  std::atomic<bool> has_looked = false;  // these two force the unlucky order
  std::atomic<bool> has_notified = false;
  std::jthread waiter([&] {
    std::unique_lock lock(mutex);
    if (done) return;
    has_looked = true;
    while (!has_notified) std::this_thread::yield();
    changed.wait(lock);
  });
  while (!has_looked) std::this_thread::yield();
  done = true;  // without the lock
  changed.notify_one();
  has_notified = true;
  mutex.lock();  // only a waiter that sleeps has given it back
  std::cout << "lost_wakeup: it is done, and the waiter sleeps" << std::endl;
  changed.notify_one();  // for once, somebody helps
  mutex.unlock();
}

void lock_order() {
  std::mutex a;
  std::mutex b;
  std::jthread([&] { const std::scoped_lock first(a), second(b); }).join();
  std::jthread([&] { const std::scoped_lock first(b), second(a); }).join();
}

void correct_pool() {
  std::mutex mutex;  // guards jobs
  std::condition_variable not_empty;
  std::deque<int> jobs;
  std::jthread worker([&] {
    for (int done = 0; done < 10; ++done) {
      std::unique_lock lock(mutex);
      not_empty.wait(lock, [&] { return !jobs.empty(); });
      jobs.pop_front();
    }
  });
  for (int job = 0; job < 10; ++job) {
    {
      const std::lock_guard lock(mutex);
      jobs.push_back(job);
    }
    not_empty.notify_one();  // after the lock was given back, which is allowed
  }
}

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (name == "racy_int") racy_int();
    if (name == "two_steps") two_steps();
    if (name == "lost_wakeup") lost_wakeup();
    if (name == "lock_order") lock_order();
    if (name == "correct_pool") correct_pool();
    std::cout << name << " has ended" << std::endl;
  }
}
