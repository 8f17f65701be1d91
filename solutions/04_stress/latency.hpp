#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "measure/load_report.hpp"

namespace workbook {

/// Summarises measured times, given in any order.
/// Percentiles by nearest rank: of `n` times in order, p90 is the one with the number
/// ceil(0.90 * n), counted from 1. So each percentile is a time that was measured.
/// The mean keeps its fraction: of 1 ns and 2 ns it is 1.5 ns.
/// @returns nothing if there are no times: then there is nothing to say about them.
[[nodiscard]] std::optional<latency_summary> summarize(
    std::vector<std::chrono::nanoseconds> latencies);

}  // namespace workbook
