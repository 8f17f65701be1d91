// The shadow forgets what cannot matter any more. Against one that forgets nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "harness/memory/shadow.hpp"

namespace workbook::harness::memory {
namespace {

constexpr std::size_t memory_size = 40;
constexpr std::uintptr_t memory_address = 0x1000;
constexpr int thread_count = 3;

/// Each access to each byte, and each pair of them looked at.
class all_pairs {
 public:
  /// Whether the access must not be; else it is remembered.
  bool collides(const vector_clock& known, const memory_access& now, std::size_t at,
                std::size_t size) {
    for (std::size_t i = at; i < at + size; ++i) {
      if (bytes_[i].is_free || std::ranges::any_of(bytes_[i].accesses, [&](const past& before) {
            return !known.knows(before.thread, before.time) && races(before.kind, now.kind);
          })) {
        return true;
      }
    }
    for (std::size_t i = at; i < at + size; ++i) {
      bytes_[i].accesses.push_back({now.kind, now.thread, known.of(now.thread)});
      bytes_[i].is_free = now.kind == access_kind::free;
    }
    return false;
  }
  void fresh(std::size_t at, std::size_t size) {
    for (std::size_t i = at; i < at + size; ++i) bytes_[i] = {};
  }

 private:
  struct past {
    access_kind kind;
    int thread;
    std::uint32_t time;
  };
  struct byte {
    bool is_free = false;
    std::vector<past> accesses;
  };

  static bool races(access_kind a, access_kind b) {
    const auto reads = [](access_kind it) {
      return it == access_kind::read || it == access_kind::atomic_read;
    };
    const auto is_atomic = [](access_kind it) {
      return it == access_kind::atomic_read || it == access_kind::atomic_write;
    };
    return !(reads(a) && reads(b)) && !(is_atomic(a) && is_atomic(b));
  }

  std::array<byte, memory_size> bytes_;
};

/// A schedule by chance, up to the first conflict. @returns how many accesses it had.
int run_both(shadow& tested, std::mt19937& random) {
  const auto below = [&](std::size_t end) { return random() % end; };
  all_pairs oracle;
  tested.start();
  std::array<vector_clock, thread_count> clocks;
  for (std::size_t i = 0; i < thread_count; ++i) clocks[i].set(static_cast<int>(i), 1);
  for (int done = 0;; ++done) {
    const std::size_t thread = below(thread_count);
    const auto number = static_cast<int>(thread);
    vector_clock& known = clocks[thread];
    while (below(4) != 0) {
      // Somebody tells this thread what he knows: most accesses are ordered.
      const std::size_t from = below(thread_count);
      known.learn(clocks[from]);
      const auto teller = static_cast<int>(from);
      clocks[from].set(teller, clocks[from].of(teller) + 1);
    }
    const std::size_t at = below(memory_size);
    const std::size_t size = 1 + below(std::min<std::size_t>(memory_size - at, 16));
    if (below(6) == 0) {
      tested.fresh(memory_address + at, size);
      oracle.fresh(at, size);
      continue;
    }
    const std::size_t kind = below(20);
    const memory_access now{kind == 0 ? access_kind::free : static_cast<access_kind>(kind % 4),
                            number, 0};
    const bool expected = oracle.collides(known, now, at, size);
    const bool found = tested.access(known, now, memory_address + at, size).has_value();
    EXPECT_EQ(found, expected);
    if (expected || found) return done;
  }
}

TEST(ShadowPairs, ItForgetsOnlyWhatCannotMatter) {
  shadow tested;
  std::mt19937 random(1);
  int accesses = 0;
  for (int i = 0; i < 4000 && !testing::Test::HasFailure(); ++i) {
    accesses += run_both(tested, random);
  }
  EXPECT_GT(accesses, 20000) << "of those that pass, on the way to one that does not";
  EXPECT_EQ(tested.limit_reached(), nullptr);
}

}  // namespace
}  // namespace workbook::harness::memory
