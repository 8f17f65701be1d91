// Experiment: which share of a core do switches take? Correct it until 4 rows are right.
// Build: plain
// Expect: exit 0
// Expect-output: ^[04] of 4 rows are right$
// Look at: the rows. As shipped, the function computes what a text does, and no row is right.
#include <cmath>
#include <iomanip>
#include <iostream>

struct load {
  double threads;    // that all want to compute, on one core
  double slice_us;   // how long each goes on before the next one gets its turn
  double switch_us;  // what a switch from one thread to the next takes
};

/// The share of the core's time that goes into switching: from 0 (nothing) to 1 (everything).
double overhead(const load& busy) {
  // "10 000 threads that run for 10 ms each need 10 000 switches of 5 us. That is 50 ms: 5 %!"
  constexpr double one_second_us = 1e6;
  return busy.threads * busy.switch_us / one_second_us;
}

int main() {
  constexpr struct {
    load busy;
    double right;  // in percent
  } rows[] = {
      {{10'000, 10'000, 5}, 0.05},
      {{10, 10'000, 5}, 0.05},
      {{1'000, 95, 5}, 5},
      {{2, 5, 5}, 50},
  };
  int right = 0;
  for (const auto& row : rows) {
    const double percent = 100 * overhead(row.busy);
    const bool close = std::abs(percent - row.right) < 0.01 * row.right;  // within 1 % of it
    right += close ? 1 : 0;
    std::cout << std::setw(6) << row.busy.threads << " threads, slice " << std::setw(6)
              << row.busy.slice_us << " us, switch " << row.busy.switch_us << " us: you say "
              << percent << " %, right is " << row.right << " %" << (close ? "" : "   <--") << '\n';
  }
  std::cout << right << " of 4 rows are right\n";
}
