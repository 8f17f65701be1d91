// Experiment: the same members in another order. Linux only.
// Build: plain
// Run:
// Expect: exit 0
// Expect-output: ^~pool begins\nthe worker has ended\nthe condition is gone$
// Run: -DWORKER_FIRST
// Expect: exit 1
// Expect-output: ^~pool begins\nall threads sleep, and nobody can wake them$
// Look at: members are destroyed in the reverse order of their declaration.
#include <sys/syscall.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <latch>
#include <mutex>
#include <string>
#include <thread>

struct farewell {  // declared before a member, destroyed right after it
  const char* text;
  ~farewell() { std::cout << text << std::endl; }
};

struct pool {
  std::latch started{1};
#ifdef WORKER_FIRST
  std::jthread worker;
#endif
  std::mutex mutex;
  farewell after_condition{"the condition is gone"};
  std::condition_variable_any never_true;
#ifndef WORKER_FIRST
  farewell after_worker{"the worker has ended"};
  std::jthread worker;  // its destructor asks the thread to stop, and joins it
#endif

  pool() {
    worker = std::jthread([this](const std::stop_token& stop) {
      std::unique_lock lock(mutex);
      started.count_down();
      never_true.wait(lock, stop, [] { return false; });  // until it is asked to stop
    });
    started.wait();
    const std::lock_guard lock(mutex);  // free, so the worker sleeps
  }
  ~pool() { std::cout << "~pool begins" << std::endl; }
};

void watch() {  // until every other thread sleeps in futex(); nobody here gives a time limit
  for (bool all_sleep = false; !all_sleep;) {
    all_sleep = true;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
      std::string call;
      std::ifstream(task.path() / "syscall") >> call;
      if (task.path().filename() == std::to_string(gettid())) continue;
      all_sleep = all_sleep && call == std::to_string(SYS_futex);
    }
  }
  std::cout << "all threads sleep, and nobody can wake them" << std::endl;
  _exit(1);
}

int main() {
  pool ours;
#ifdef WORKER_FIRST
  std::thread(watch).detach();
#endif
}
