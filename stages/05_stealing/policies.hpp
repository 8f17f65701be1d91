#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "support/random.hpp"

namespace workbook {

// Three ways to choose the server that gets the next job. `in_flight[i]` is how many jobs server i has,
// or had when somebody last looked. There is at least one server; how many may change between calls.
// A policy is not thread-safe: it belongs to the one thread that hands out the jobs.

/// Takes turns: one server after the other, whatever they have to do.
class round_robin {
 public:
  [[nodiscard]] std::size_t pick(std::span<const std::size_t> in_flight);

 private:
  std::size_t next_ = 0;
};

/// Takes a server that has the fewest jobs. Of several, the first one behind the server that it has
/// taken last (behind the last server comes server 0); for its first choice, the first one.
class least_loaded {
 public:
  [[nodiscard]] std::size_t pick(std::span<const std::size_t> in_flight);

 private:
  std::size_t next_ = 0;
};

/// Draws two different servers at random, every pair with the same probability, and takes the one
/// that has fewer jobs; if both have as many, either with the same probability. Of one server, that.
/// Source: Mitzenmacher, "The power of two choices in randomized load balancing" (2001).
class two_choices {
 public:
  explicit two_choices(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::size_t pick(std::span<const std::size_t> in_flight);

 private:
  split_mix64 random_;
};

}  // namespace workbook
