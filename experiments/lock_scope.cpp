// Experiment: a lock that is held too long, and one that is held for nothing.
// Build: plain
// Run:
// Expect: exit 0
// Expect-output: ^a job is taken: +another thread must wait\na job runs: +another thread may enter$
// Run: -DTOO_WIDE
// Expect: exit 0
// Expect-output: ^a job is taken: +another thread must wait\na job runs: +another thread must wait$
// Run: -DTOO_NARROW
// Expect: exit 0 | compiler warnings
// Expect-output: ^a job is taken: +another thread may enter\na job runs: +another thread|nodiscard
// Look at: the two lines of each run. GCC 12 and Clang 14 warn about neither.
#include <functional>
#include <iostream>
#include <mutex>
#include <queue>
#include <thread>

std::mutex mutex;  // guards jobs
std::queue<std::function<void()>> jobs;

/// Sends another thread to the door. It does not wait there: it looks whether the lock is free.
void report(const char* when) {
  std::jthread([when] {
    const std::unique_lock attempt(mutex, std::try_to_lock);
    std::cout << when << (attempt ? "another thread may enter\n" : "another thread must wait\n");
  }).join();
}

std::function<void()> take() {
#ifdef TOO_NARROW
  std::lock_guard<std::mutex>{mutex};  // without a name it lives until the semicolon
#else
  const std::lock_guard lock(mutex);
#endif
  report("a job is taken: ");
  auto next = std::move(jobs.front());
  jobs.pop();
  return next;
}

void work() {
#ifdef TOO_WIDE
  const std::lock_guard lock(mutex);
  const auto next = std::move(jobs.front());
  jobs.pop();
  report("a job is taken: ");
  next();
#else
  take()();
#endif
}

int main() {
  jobs.push([] { report("a job runs:      "); });
  work();
}
