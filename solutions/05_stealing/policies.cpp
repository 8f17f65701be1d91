#include "policies.hpp"

namespace workbook {

std::size_t round_robin::pick(std::span<const std::size_t> in_flight) {
  return next_++ % in_flight.size();
}

std::size_t least_loaded::pick(std::span<const std::size_t> in_flight) {
  const std::size_t servers = in_flight.size();
  std::size_t least = next_ % servers;
  for (std::size_t i = next_; i < next_ + servers; ++i) {
    if (in_flight[i % servers] < in_flight[least]) least = i % servers;
  }
  next_ = least + 1;
  return least;
}

std::size_t two_choices::pick(std::span<const std::size_t> in_flight) {
  const std::size_t first = random_.below(in_flight.size());
  if (in_flight.size() == 1) return first;
  std::size_t second = random_.below(in_flight.size() - 1);
  if (second >= first) ++second;  // each of the others, with the same probability
  return in_flight[second] < in_flight[first] ? second : first;
}

}  // namespace workbook
