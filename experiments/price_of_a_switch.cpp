// Experiment: a byte goes to and fro between two threads, and between two processes. Linux only.
// Build: plain
// Expect: exit 0
// Expect-output: ^no partner[\s\S]*^two threads[\s\S]*^two processes.* (19\d{3}|2\d{4}) switches
// Look at: the switches that the kernel counted for 20000 hops; then threads against processes.
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <thread>
#include <vector>

constexpr int rounds = 10'000;  // 20 000 hops: to and fro
constexpr int repetitions = 9;

struct one_way {
  int to_read = -1;
  int to_write = -1;
  one_way() {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    to_read = ends[0];
    to_write = ends[1];
  }
};

void give(const one_way& way) {
  const char byte = 'x';
  if (write(way.to_write, &byte, 1) != 1) std::abort();
}
void take(const one_way& way) {  // the thread sleeps here until somebody gives
  char byte = 0;
  if (read(way.to_read, &byte, 1) != 1) std::abort();
}

one_way to;
one_way fro;

void ping() {
  for (int i = 0; i < rounds; ++i) {
    give(to);
    take(fro);
  }
}
void pong() {
  for (int i = 0; i < rounds; ++i) {
    take(to);
    give(fro);
  }
}

void no_partner() {  // the same calls, and nobody ever sleeps
  for (int i = 0; i < 2 * rounds; ++i) {
    give(to);
    take(to);
  }
}
void two_threads() {
  std::jthread partner(pong);
  ping();
}
void two_processes() {
  if (fork() == 0) {
    pong();
    _exit(0);
  }
  ping();
  wait(nullptr);
}

/// What /proc/PID/status calls voluntary_ctxt_switches (a thread went to sleep) and
/// nonvoluntary_ctxt_switches (the kernel let the partner go first), of both partners together.
long switches() {
  rusage own{};
  rusage children{};
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &children);
  return own.ru_nvcsw + own.ru_nivcsw + children.ru_nvcsw + children.ru_nivcsw;
}

void measure(const char* who, void (*play)()) {
  std::vector<double> microseconds;
  std::vector<long> counted;
  for (int i = 0; i < repetitions; ++i) {
    const long before = switches();
    const auto start = std::chrono::steady_clock::now();
    play();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    microseconds.push_back(took.count() / (2 * rounds));
    counted.push_back(switches() - before);
  }
  std::sort(microseconds.begin(), microseconds.end());
  std::sort(counted.begin(), counted.end());
  std::cout << std::left << std::setw(15) << who << std::right << std::fixed << std::setprecision(2)
            << "a hop: " << microseconds[repetitions / 2] << " us (from " << microseconds.front()
            << " to " << microseconds.back() << "), " << counted[repetitions / 2] << " switches\n";
}

int main() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  int core = 0;
  while (!CPU_ISSET(core, &allowed)) ++core;
  CPU_ZERO(&allowed);
  CPU_SET(core, &allowed);
  sched_setaffinity(0, sizeof allowed, &allowed);  // the partners inherit it: one core for both
  measure("no partner", no_partner);
  measure("two threads", two_threads);
  measure("two processes", two_processes);
}
