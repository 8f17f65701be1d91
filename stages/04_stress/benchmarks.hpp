#pragma once

#include <benchmark/benchmark.h>

namespace workbook {

// Two ways to let another thread do a piece of work. Each iteration gets it done once, and waits
// until it is done. What is made beforehand, and what is thrown away at the end, is not measured.
// Source: Google Benchmark, user guide.

/// A thread is started for the work, and joined.
void spawn_and_join(benchmark::State& state);

/// A pool with one worker, made before the measurement, gets the work.
void dispatch_to_pool(benchmark::State& state);

}  // namespace workbook
