#include "latency.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace workbook {

std::optional<latency_summary> summarize(std::vector<std::chrono::nanoseconds> latencies) {
  // TODO 4.1 (about 14 lines): turns Latency.* green
  //   What can be said about no times at all?
  //   Which of ten times in order is the 90th percentile? Of eleven? Of one?
  //   Where could a fraction get lost?
  todo("4.1", latencies);
}

}  // namespace workbook
