// Experiment: threads that compute share one core. How long may each go on? Linux only.
// Build: plain
// Expect: exit 0
// Expect-output: ^ 2 threads: +\d+ involuntary[\s\S]*^20 threads: +\d+ involuntary
// Look at: the length of a slice, and how much more the 20 threads were interrupted than the 2.
#include <sched.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <thread>
#include <vector>

long taken_off_the_core() {  // what /proc/PID/status calls nonvoluntary_ctxt_switches
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  return own.ru_nivcsw;
}

void measure(int count) {
  std::atomic<bool> enough = false;
  const long before = taken_off_the_core();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&enough] {
        while (!enough) continue;
      });
    }
    std::this_thread::sleep_for(std::chrono::seconds(2));
    enough = true;
  }
  const long times = taken_off_the_core() - before;
  std::cout << std::setw(2) << count << " threads: " << times << " involuntary switches in 2 s";
  if (times > 0) std::cout << ", a slice is about " << 2000.0 / static_cast<double>(times) << " ms";
  std::cout << std::endl;
}

int main() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  int core = 0;
  while (!CPU_ISSET(core, &allowed)) ++core;
  CPU_ZERO(&allowed);
  CPU_SET(core, &allowed);
  sched_setaffinity(0, sizeof allowed, &allowed);  // threads inherit it: one core for all
  std::cout << std::setprecision(2);
  measure(2);
  measure(20);
}
