#include "race_lab.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <string>

using namespace workbook;

namespace {

struct options {
  std::string counter = "plain";
  int runs = 100;
  int rounds = 200'000;
  int threads = 2;
};

/// Hammers a new counter in each run, and prints in how many runs counts were lost.
template <class Counter>
void report(const options& chosen) {
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
  if (wrong > 0) fmt::print("; instead of 0, from {} to {} were left", least, most);
  fmt::print("\n");
}

void run(const options& chosen) {
  if (chosen.counter == "plain") report<plain_counter>(chosen);
  if (chosen.counter == "split") report<split_counter>(chosen);
  if (chosen.counter == "yours") report<your_counter>(chosen);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Lets threads count up and down at the same time, and looks what is left.",
               "race_lab");
  options chosen;
  app.add_option("--counter", chosen.counter, "plain, split, or yours: connection_counts")
      ->check(CLI::IsMember({"plain", "split", "yours"}))
      ->capture_default_str();
  app.add_option("--runs", chosen.runs, "how often to begin with a new counter")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--rounds", chosen.rounds, "how often each thread counts up and down in a run")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--threads", chosen.threads, "how many threads count at the same time")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
    run(chosen);
    return 0;
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const std::exception& error) {
    fmt::print(stderr, "race_lab: {} (see --help)\n", error.what());
    return 1;
  }
}
