// Does not sort: nth_element finds each percentile, and only partly orders the times.
#include "latency.hpp"

#include <algorithm>
#include <cstddef>

namespace workbook {
namespace {

using nanoseconds = std::chrono::nanoseconds;

/// The time with the number ceil(percent / 100 * n), counted from 1.
nanoseconds nearest_rank(std::vector<nanoseconds>& times, std::size_t percent) {
  const std::size_t product = percent * times.size();
  const std::size_t rank = product / 100 + (product % 100 != 0 ? 1 : 0);
  const auto place = times.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(times.begin(), place, times.end());
  return *place;
}

}  // namespace

std::optional<latency_summary> summarize(std::vector<nanoseconds> latencies) {
  if (latencies.empty()) return std::nullopt;
  latency_summary summary;
  summary.count = latencies.size();
  const auto [least, greatest] = std::minmax_element(latencies.begin(), latencies.end());
  summary.min = *least;
  summary.max = *greatest;
  nanoseconds sum{};
  for (const nanoseconds time : latencies) sum += time;
  summary.mean = std::chrono::duration<double, std::nano>(sum) / latencies.size();
  summary.p50 = nearest_rank(latencies, 50);
  summary.p90 = nearest_rank(latencies, 90);
  summary.p99 = nearest_rank(latencies, 99);
  return summary;
}

}  // namespace workbook
