#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "experiment.hpp"
#include "plans.hpp"
#include "report.hpp"
#include "support/timeline.hpp"
#include "terminal.hpp"

// The demo: each server program in turn meets the same clients. Their waiting times are measured.

using namespace workbook;
using namespace workbook::demo;

namespace {

struct options {
  std::vector<std::string> servers;
  double sleep_ms = 2000;
  double gap_ms = 100;
  double byte_ms = 250;
  std::size_t slow_clients = 0;
  bool overload = false;
  std::string out = "build/demo";
};

void declare(CLI::App& app, options& chosen) {
  const std::map<std::string, double> units{{"ms", 1}, {"s", 1000}};
  const auto add_time = [&](const std::string& name, double& value, const std::string& help,
                            double least) {
    app.add_option(name, value, help)
        ->transform(CLI::AsNumberWithUnit(units))
        ->check([=](const std::string& text) -> std::string {
          const double ms = std::stod(text);
          const bool good = std::isfinite(ms) && ms >= least && ms <= 60'000;
          return good ? "" : fmt::format("must lie between {} ms and 60 s", least);
        })
        ->type_name("TIME");
  };
  app.add_option("--server", chosen.servers, "a server program; give several to compare them")
      ->required()
      ->check(CLI::ExistingFile);
  add_time("--sleep", chosen.sleep_ms, "how long /sleep sleeps (2s)", 500);
  add_time("--gap", chosen.gap_ms, "time from one client's arrival to the next (100ms)", 0);
  app.add_option("--slow-clients", chosen.slow_clients,
                 "instead: so many clients send byte by byte, one is behind them")
      ->check(CLI::Range(1, 100));
  add_time("--byte-every", chosen.byte_ms, "the slow client's pause between two bytes (250ms)", 10);
  app.add_flag("--overload", chosen.overload,
               "instead: more clients than there is room for; the server needs --overload too")
      ->excludes("--slow-clients");
  app.add_option("--out", chosen.out, "the folder for the pictures (build/demo)");
}

milliseconds to_milliseconds(double count) { return milliseconds(std::llround(count)); }

/// The experiments for each server.
std::vector<experiment> plans(const options& chosen) {
  const plan_options common{to_milliseconds(chosen.sleep_ms), to_milliseconds(chosen.gap_ms),
                            to_milliseconds(chosen.byte_ms), chosen.out};
  if (chosen.overload) return overload(common);
  if (chosen.slow_clients > 0) return {fast_behind_slow_clients(common, chosen.slow_clients)};
  return {fast_beside_sleep(common)};
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw std::runtime_error(
        fmt::format("Cannot make the folder {}: {}.", folder.string(), error.message()));
  }
}

std::filesystem::path write_picture(const experiment& plan, const timeline& picture,
                                    const std::string& server) {
  auto path = plan.out / (server + plan.file_suffix + ".svg");
  std::ofstream file(path);
  file << to_svg(picture);
  if (!file.flush()) throw std::runtime_error("Cannot write the picture " + path.string() + ".");
  return path;
}

struct finished_experiment {
  const experiment* plan;
  experiment_result result;
};

void report(const std::vector<finished_experiment>& experiments) {
  timeline_time longest{};
  for (const auto& done : experiments) {
    longest = std::max(longest, end_of(timeline_of(done.result.clients, "")));
  }
  std::string pictures;
  std::vector<experiment_result> to_compare;
  for (const auto& [plan, result] : experiments) {
    const bool overloaded = plan->good == good_answers::also_503;
    if (!overloaded) to_compare.push_back(result);
    timeline picture = timeline_of(result.clients, heading(*plan, result.server));
    picture.length = longest;
    fmt::print("\n{}\n{}\n{}\n", to_text(picture),
               overloaded ? overload_table(result.clients) : table(result.clients),
               wrapped(overloaded ? overload_conclusion(result) : conclusion(result.clients)));
    picture.title += ": " + plan->story;
    pictures += "\n  " + write_picture(*plan, picture, result.server).string();
  }
  if (to_compare.size() > 1) fmt::print("\n{}", summary(to_compare));
  fmt::print("\nPictures:{}\n", pictures);
}

void run(const options& chosen) {
  const std::vector<experiment> all = plans(chosen);
  make_folder(chosen.out);
  fmt::print("{}\n", wrapped(all.front().story + "."));
  std::vector<finished_experiment> done;
  for (const std::filesystem::path server : chosen.servers) {
    for (const auto& plan : all) {
      fmt::print("\n{}\n", heading(plan, server.filename()));
      done.push_back({&plan, run_experiment(plan, std::filesystem::absolute(server))});
    }
  }
  report(done);
}

}  // namespace

int main(int argc, char** argv) {
  options chosen;
  CLI::App app("Server programs meet clients: who waits, and for how long?", "demo");
  declare(app, chosen);
  try {
    app.parse(argc, argv);
    run(chosen);
    return 0;
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}\n", wrapped(fmt::format("demo: {} (see --help)", error.what())));
  } catch (const std::exception& error) {
    std::fflush(stdout);
    fmt::print(stderr, "\n{}\n", wrapped(error.what()));
  }
  return 1;
}
