// Experiment: what 1, 100 and 1000 waiting threads take. Linux only.
// Build: plain
// Expect: exit 0
// Expect-output: ^ +1 threads: [\s\S]*^ +1000 threads: [\s\S]*^each thread: +\d+ kB reserved
// Look at: the last line. Reserved addresses and used memory differ by a factor of hundreds.
#include <fstream>
#include <iomanip>
#include <iostream>
#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// Finds the number behind `name` in a file such as /proc/self/status.
long number_in(const char* path, std::string_view name) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    if (word == name) {
      file >> word;
      return std::stol(word);
    }
  }
  return 0;
}

struct usage {
  long threads = number_in("/proc/self/status", "Threads:");
  long reserved = number_in("/proc/self/status", "VmSize:");    // addresses, in kB
  long resident = number_in("/proc/self/status", "VmRSS:");     // memory behind them
  long page_tables = number_in("/proc/self/status", "VmPTE:");  // to find it
  long in_kernel = number_in("/proc/meminfo", "KernelStack:");  // of all threads of the machine
};

void print(const usage& now) {
  std::cout << std::setw(5) << now.threads << " threads: VmSize" << std::setw(9) << now.reserved
            << " kB, VmRSS" << std::setw(7) << now.resident << " kB, VmPTE" << std::setw(6)
            << now.page_tables << " kB, kernel stacks" << std::setw(7) << now.in_kernel << " kB\n";
}

int main() {
  std::latch gate(1);
  std::vector<std::jthread> threads;
  const usage alone;
  print(alone);
  for (const int count : {100, 1000}) {
    std::latch running(count - 1 - static_cast<int>(threads.size()));
    while (threads.size() + 1 < static_cast<std::size_t>(count)) {
      threads.emplace_back([&gate, &running] {
        running.count_down();
        gate.wait();
      });
    }
    running.wait();
    print(usage{});
  }
  const usage crowded;
  const auto each = [&](long usage::*what) { return (crowded.*what - alone.*what) / 999; };
  std::cout << "each thread: " << each(&usage::reserved) << " kB reserved, "
            << each(&usage::resident) << " kB resident, " << each(&usage::page_tables)
            << " kB page tables, " << each(&usage::in_kernel) << " kB kernel stack\n";
  gate.count_down();
}
