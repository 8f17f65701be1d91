#include "program/fork_join_program.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

namespace workbook {

int run_fork_join_program(
    int argc, char** argv,
    const std::function<fork_join_result(const fork_join_options&)>& compute) {
  CLI::App app("Computes a Fibonacci number the long way, a job for each half of each step.",
               "fork_join");
  fork_join_options chosen;
  app.add_option("--workers", chosen.workers, "threads that do the jobs")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--number", chosen.number, "which Fibonacci number")
      ->check(CLI::Range(0, 40))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
    const fork_join_result result = compute(chosen);
    fmt::print(
        "fib({}) = {}: {} jobs, of which {} ran on another thread than the one that made them\n",
        chosen.number, result.value, result.jobs, result.elsewhere);
    return 0;
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const std::exception& error) {
    fmt::print(stderr, "fork_join: {} (see --help)\n", error.what());
    return 1;
  }
}

}  // namespace workbook
