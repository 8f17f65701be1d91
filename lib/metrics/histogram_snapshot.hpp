#pragma once

#include <cstdint>
#include <vector>

namespace workbook {

/// What a histogram has seen until some moment.
struct histogram_snapshot {
  std::vector<double> bounds;  ///< of the buckets, ascending; the last bucket has none
  std::vector<std::uint64_t>
      buckets;     ///< values in each, not in those before: one more than bounds
  double sum = 0;  ///< of all values
};

/// @returns `bounds`. @throws std::invalid_argument unless they ascend, to a finite one.
[[nodiscard]] std::vector<double> checked_bounds(std::vector<double> bounds);

}  // namespace workbook
