#include "latency.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace workbook {

std::optional<latency_summary> summarize(std::vector<std::chrono::nanoseconds> latencies) {
  if (latencies.empty()) return std::nullopt;
  std::ranges::sort(latencies);
  const std::size_t count = latencies.size();
  const auto percentile = [&](std::size_t p) { return latencies[(count * p + 99) / 100 - 1]; };
  const std::chrono::duration<double, std::nano> sum =
      std::accumulate(latencies.begin(), latencies.end(), std::chrono::nanoseconds(0));
  return latency_summary{.count = count,
                         .min = latencies.front(),
                         .mean = sum / count,
                         .p50 = percentile(50),
                         .p90 = percentile(90),
                         .p99 = percentile(99),
                         .max = latencies.back()};
}

}  // namespace workbook
