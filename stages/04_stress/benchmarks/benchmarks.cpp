// What it costs to have a piece of work done by another thread: by one that is started for it, or
// by one that waits in a pool. Each iteration is one piece of work.
#include <benchmark/benchmark.h>

#include <benchmarks.hpp>

BENCHMARK(workbook::spawn_and_join)->Name("spawn and join")->UseRealTime();
BENCHMARK(workbook::dispatch_to_pool)->Name("dispatch to a pool")->UseRealTime();
