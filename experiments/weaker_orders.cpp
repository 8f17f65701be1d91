// Experiment: the same sets of memory orders, run two thousand times by two real threads.
// Build: plain
// Run: by_default
// Expect: exit 0
// Expect-output: rounds in which an item was taken twice: 0
// Run: acquire_release
// Expect: exit 0
// Build: tsan
// Run: by_default
// Expect: exit 0
// Run: acquire_release
// Expect: exit 0
// Run: relaxed_push
// Expect: exit 66
// Expect-output: data race
// Run: -DWITH_FENCES with_fences
// Expect: compiler warnings
// Expect-output: atomic_thread_fence
// Look at: what ThreadSanitizer says of acquire_release, and what weaker_orders_test said of it.
#include <array>
#include <atomic>
#include <barrier>
#include <iostream>
#include <string_view>
#include <thread>

#include "weaker_deque.hpp"

constexpr int rounds = 2'000;

/// An owner with two items, who takes one of them, and a thief who takes what he can get until the
/// owner is done. @returns in how many rounds both took the same item.
template <orders Orders>
int meet() {
  weaker_deque<int, Orders> deque;
  int items[] = {0, 0};
  [[maybe_unused]] int seen = 0;
  std::array<const int*, 2> stolen{};
  std::atomic<bool> over = false;
  std::barrier both(2);  // orders owner and thief, from one round to the next
  std::jthread thief([&] {
    for (int round = 0; round < rounds; ++round) {
      both.arrive_and_wait();
      for (const int*& found : stolen) {
        while ((found = deque.steal()) == nullptr && !over.load(std::memory_order_relaxed)) {
        }
        if (found != nullptr) seen += *found;
      }
      both.arrive_and_wait();
    }
  });
  int twice = 0;
  for (int round = 0; round < rounds; ++round) {
    over = false;
    both.arrive_and_wait();
    for (int& item : items) {
      item = round;
      deque.push(&item);
    }
    std::this_thread::yield();
    const int* const taken = deque.pop();
    over.store(true, std::memory_order_relaxed);
    both.arrive_and_wait();
    if (taken != nullptr && (taken == stolen[0] || taken == stolen[1])) ++twice;
    while (deque.pop() != nullptr) {
    }
  }
  return twice;
}

int main(int argc, char** argv) {
  const std::string_view chosen = argc > 1 ? argv[1] : "";
  int twice = 0;
  if (chosen == "by_default") twice = meet<by_default>();
  if (chosen == "acquire_release") twice = meet<acquire_release>();
  if (chosen == "relaxed_push") twice = meet<relaxed_push>();
#ifdef WITH_FENCES
  if (chosen == "with_fences") twice = meet<with_fences>();
#endif
  std::cout << "rounds in which an item was taken twice: " << twice << '\n';
}
