#include "metrics/histogram_snapshot.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace workbook {

std::vector<double> checked_bounds(std::vector<double> bounds) {
  const auto not_less = [](double one, double next) { return !(one < next); };
  const bool ascend = std::ranges::adjacent_find(bounds, not_less) == bounds.end();
  if (bounds.empty() || !ascend || !std::isfinite(bounds.front()) ||
      !std::isfinite(bounds.back())) {
    throw std::invalid_argument("a histogram needs bounds that ascend to a finite one");
  }
  return bounds;
}

}  // namespace workbook
