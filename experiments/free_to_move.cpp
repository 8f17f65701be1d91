// Experiment: does a thread stay on its core? Linux only.
// Build: plain
// Expect: exit 0
// Expect-output: ^allowed on \d+ of \d+ cores$[\s\S]*has worked on core
// Look at: nobody has pinned a thread; which cores each one has seen differs from run to run.
#include <sched.h>

#include <chrono>
#include <iostream>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

void work_a_little() {
  for (volatile int n = 0; n < 5'000'000;) n = n + 1;
}

int main() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::cout << "allowed on " << CPU_COUNT(&allowed) << " of " << std::thread::hardware_concurrency()
            << " cores" << std::endl;
  std::vector<std::jthread> threads;
  for (int number = 1; number <= 4; ++number) {
    threads.emplace_back([number] {
      std::set<int> seen;
      for (int job = 0; job < 100; ++job) {
        work_a_little();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // as a handler that waits
        seen.insert(sched_getcpu());
      }
      std::ostringstream line;
      line << "thread " << number << " has worked on core";
      for (const int core : seen) line << ' ' << core;
      std::cout << line.str() + '\n';
    });
  }
}
