#pragma once

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include "connection_counts.hpp"

// Three counters for the race lab. Each has the same two functions: add(d) counts up (+1) or down
// (-1), left() returns the count. Two are wrong on purpose.
//
// noinline: the optimiser must not see that +1 and -1 cancel out. It knows of no second thread, and
// would leave out both.

namespace workbook {

/// Wrong: a data race. One thread may change `value` while another one reads or changes it, so the
/// behaviour of the program is undefined.
class plain_counter {
 public:
  [[gnu::noinline]] void add(long d) {
    value_ += d;  // reads the long and writes it
  }
  [[nodiscard]] long left() const { return value_; }

 private:
  long value_ = 0;
};

/// Wrong without a data race: every access is atomic, but add() makes two of them.
class split_counter {
 public:
  [[gnu::noinline]] void add(long d) {
    value_ = value_ + d;  // reads the atomic, then writes it
  }
  [[nodiscard]] long left() const { return value_; }

 private:
  std::atomic<long> value_ = 0;
};

/// Yours: connection_counts.
class your_counter {
 public:
  [[gnu::noinline]] void add(long d) {
    if (d > 0) {
      counts_.arrive();
    } else {
      counts_.leave();
    }
  }
  [[nodiscard]] long left() const { return static_cast<long>(counts_.active()); }

 private:
  connection_counts counts_;
};

/// Lets `threads` threads count up and down, `rounds` times each, all at the same time. All of them
/// begin together, and each has counted down as often as up at the end.
/// Blocks until all threads have ended.
/// @returns what is left in the counter: 0, if no count was lost.
template <class Counter>
[[nodiscard]] long hammer(Counter& counter, int threads, int rounds) {
  // Once on this thread: a counter that is not written yet says so here, where it can be caught.
  counter.add(+1);
  counter.add(-1);
  std::barrier all_are_here(threads);
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        all_are_here.arrive_and_wait();
        for (int round = 0; round < rounds; ++round) {
          counter.add(+1);
          counter.add(-1);
        }
      });
    }
  }  // every thread is joined here: what they wrote can be read now
  return counter.left();
}

}  // namespace workbook
