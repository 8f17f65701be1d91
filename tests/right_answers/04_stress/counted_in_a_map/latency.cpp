// Counts equal times in a map, and walks through it once for all percentiles.
#include "latency.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

namespace workbook {

std::optional<latency_summary> summarize(std::vector<std::chrono::nanoseconds> latencies) {
  if (latencies.empty()) return std::nullopt;

  std::map<std::chrono::nanoseconds, std::size_t> how_often;
  for (const auto time : latencies) ++how_often[time];

  latency_summary summary{
      .count = latencies.size(), .min = how_often.begin()->first, .max = how_often.rbegin()->first};
  const std::array wanted{std::pair(50u, &summary.p50), std::pair(90u, &summary.p90),
                          std::pair(99u, &summary.p99)};
  auto next = wanted.begin();
  std::size_t seen = 0;
  double sum = 0;
  for (const auto& [time, times] : how_often) {
    seen += times;
    sum += static_cast<double>(time.count()) * static_cast<double>(times);
    // Nearest rank, without fractions: the first time with seen >= percent / 100 * count.
    while (next != wanted.end() && seen * 100 >= latencies.size() * next->first) {
      *next++->second = time;
    }
  }
  summary.mean =
      std::chrono::duration<double, std::nano>(sum / static_cast<double>(latencies.size()));
  return summary;
}

}  // namespace workbook
