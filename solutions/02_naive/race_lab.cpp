#include "race_lab.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "program/race_program.hpp"

using namespace workbook;

namespace {

/// Hammers a new counter in each run, and prints in how many runs counts were lost.
template <class Counter>
void report(const race_options& chosen) {
  int wrong = 0;
  long least = 0;
  long most = 0;
  for (int run = 0; run < chosen.runs; ++run) {
    Counter counter;
    const long left = hammer(counter, chosen.threads, chosen.rounds);
    if (left == 0) continue;
    least = wrong == 0 ? left : std::min(least, left);
    most = wrong == 0 ? left : std::max(most, left);
    ++wrong;
  }
  fmt::print("{}: wrong in {} of {} runs", chosen.counter, wrong, chosen.runs);
  if (wrong > 0) fmt::print("; instead of 0, between {} and {} were left", least, most);
  fmt::print("\n");
}

void run(const race_options& chosen) {
  if (chosen.counter == "plain") report<plain_counter>(chosen);
  if (chosen.counter == "split") report<split_counter>(chosen);
  if (chosen.counter == "yours") report<your_counter>(chosen);
}

}  // namespace

int main(int argc, char** argv) { return run_race_program(argc, argv, run); }
