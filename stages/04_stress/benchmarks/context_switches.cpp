// The price of a context switch: a byte goes to and fro between two partners on one core, so that
// every hop is a switch. An iteration is two hops, there and back. Linux only.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "net/system_call.hpp"
#include "net/unique_fd.hpp"

namespace {

using workbook::unique_fd;

struct one_way {
  unique_fd to_read;
  unique_fd to_write;

  one_way() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) workbook::throw_errno("cannot open a pipe");
    to_read.reset(ends[0]);
    to_write.reset(ends[1]);
  }
};

void give(const one_way& way) {
  const char byte = 'x';
  if (::write(way.to_write.get(), &byte, 1) != 1) workbook::throw_errno("cannot write");
}

/// Sleeps until somebody gives. @returns false when nobody will any more.
bool take(const one_way& way) {
  char byte = 0;
  return ::read(way.to_read.get(), &byte, 1) == 1;
}

void answer_all(const one_way& to, const one_way& fro) {
  while (take(to)) give(fro);
}

void count_hops(benchmark::State& state) { state.SetItemsProcessed(2 * state.iterations()); }

/// The same system calls, and nobody ever sleeps: what is left of a hop without its switch.
void no_partner(benchmark::State& state) {
  const one_way way;
  for ([[maybe_unused]] auto step : state) {
    for (int hop = 0; hop < 2; ++hop) {
      give(way);
      benchmark::DoNotOptimize(take(way));
    }
  }
  count_hops(state);
}

void two_threads(benchmark::State& state) {
  one_way to;
  const one_way fro;
  const std::jthread partner([&] { answer_all(to, fro); });
  for ([[maybe_unused]] auto step : state) {
    give(to);
    benchmark::DoNotOptimize(take(fro));
  }
  to.to_write.reset();  // nobody will give any more: the partner ends
  count_hops(state);
}

void two_processes(benchmark::State& state) {
  one_way to;
  const one_way fro;
  const pid_t partner = ::fork();
  if (partner < 0) workbook::throw_errno("cannot start a process");
  if (partner == 0) {
    to.to_write.reset();  // its own copy, which would keep the pipe open
    answer_all(to, fro);
    ::_exit(0);
  }
  for ([[maybe_unused]] auto step : state) {
    give(to);
    benchmark::DoNotOptimize(take(fro));
  }
  to.to_write.reset();
  ::waitpid(partner, nullptr, 0);
  count_hops(state);
}

/// The partners, which are started later, inherit it.
void pin_to_one_core() {
  cpu_set_t allowed;
  ::sched_getaffinity(0, sizeof allowed, &allowed);
  int core = 0;
  while (!CPU_ISSET(core, &allowed)) ++core;
  CPU_ZERO(&allowed);
  CPU_SET(core, &allowed);
  ::sched_setaffinity(0, sizeof allowed, &allowed);
}

BENCHMARK(no_partner)->Name("no partner")->UseRealTime();
BENCHMARK(two_threads)->Name("two threads")->UseRealTime();
BENCHMARK(two_processes)->Name("two processes")->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  pin_to_one_core();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
