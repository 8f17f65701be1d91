#include "comparison_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "program/path_option.hpp"

namespace workbook {

comparison_options parse_comparison_options(int argc, char** argv) {
  comparison_options chosen;
  CLI::App app("Compares the three servers: who is blocked by whom, and what each one costs.",
               "compare");
  app.add_option("--folder", chosen.folder, "where the server programs are")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--side", chosen.side, "whose servers: solution, or stage for your own")
      ->required()
      ->check(CLI::IsMember({"solution", "stage"}));
  app.add_option("--clients", chosen.plan.clients, "clients at the same time")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--requests", chosen.plan.requests, "requests of each client in a run")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--path", [&](const std::string& text) { chosen.path = parse_path("--path", text); },
         "what they ask for")
      ->default_str(chosen.path);
  app.add_option("--repetitions", chosen.repetitions, "runs of each server, in rotated order")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--json", chosen.json_file, "write everything to this file, too");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    throw end_of_program{app.exit(help)};
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "compare: {} (see --help)\n", error.what());
    throw end_of_program{1};
  }
  return chosen;
}

}  // namespace workbook
