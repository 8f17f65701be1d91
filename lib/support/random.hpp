#pragma once

#include <cstdint>

namespace workbook {

/// Random numbers that are the same on every machine: the algorithm SplitMix64 (Steele, Lea and
/// Flood, OOPSLA 2014). The distributions of the standard library, such as
/// std::uniform_int_distribution, differ from one library to the next; below() doesn't.
///
/// Not thread-safe: each thread has its own.
class split_mix64 {
 public:
  explicit constexpr split_mix64(std::uint64_t seed) : state_(seed) {}

  /// @returns a number of 64 bits, each as likely as any other.
  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  /// @returns a number from 0 to `limit` - 1; `limit` is at least 1. The remainder makes small numbers
  /// likelier than large ones, by less than limit / 2^64.
  constexpr std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

}  // namespace workbook
