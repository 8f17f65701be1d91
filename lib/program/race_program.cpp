#include "program/race_program.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

namespace workbook {

int run_race_program(int argc, char** argv, const std::function<void(const race_options&)>& race) {
  CLI::App app("Lets threads count up and down at the same time, and looks at what is left.",
               "race_lab");
  race_options chosen;
  app.add_option("--counter", chosen.counter, "plain, split, or yours: connection_counts")
      ->check(CLI::IsMember({"plain", "split", "yours"}))
      ->capture_default_str();
  app.add_option("--runs", chosen.runs, "how often to start with a new counter")
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
    race(chosen);
    return 0;
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const std::exception& error) {
    fmt::print(stderr, "race_lab: {} (see --help)\n", error.what());
    return 1;
  }
}

}  // namespace workbook
