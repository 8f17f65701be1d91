// What it costs to let another thread do a piece of work: one that is started for it, or one that
// waits in a pool. Each iteration is one piece of work.
#include <benchmark/benchmark.h>

#include <benchmarks.hpp>

BENCHMARK(workbook::spawn_and_join)->Name("spawn and join")->UseRealTime();
BENCHMARK(workbook::dispatch_to_pool)->Name("dispatch to a pool")->UseRealTime();
