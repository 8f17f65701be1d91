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
  bool slow_client = false;
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
  app.add_flag("--slow-client", chosen.slow_client, "instead: one client sends byte by byte");
  add_time("--byte-every", chosen.byte_ms, "the slow client's pause between two bytes (250ms)", 10);
  app.add_option("--out", chosen.out, "the folder for the pictures (build/demo)");
}

milliseconds to_milliseconds(double count) { return milliseconds(std::llround(count)); }

double seconds(milliseconds time) { return std::chrono::duration<double>(time).count(); }

experiment fast_beside_sleep(const options& chosen) {
  experiment plan;
  plan.gap = to_milliseconds(chosen.gap_ms);
  plan.sleep = to_milliseconds(chosen.sleep_ms);
  plan.out = chosen.out;
  plan.clients = {{"/sleep"}, {"/fast"}, {"/fast"}};
  plan.story =
      fmt::format("/sleep takes {} s. Three clients come, {} s apart: /sleep, /fast, /fast",
                  seconds(plan.sleep), seconds(plan.gap));
  return plan;
}

experiment fast_beside_slow_client(const options& chosen) {
  experiment plan = fast_beside_sleep(chosen);
  plan.file_suffix = "_slow_client";
  plan.clients = {{"/", to_milliseconds(chosen.byte_ms)}, {"/fast"}};
  plan.story = fmt::format(
      "Client 1 sends a byte of its request every {} s. Client 2 comes {} s later: /fast",
      seconds(plan.clients.front().byte_every), seconds(plan.gap));
  return plan;
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

void report(const experiment& plan, const std::vector<experiment_result>& results) {
  timeline_time longest{};
  for (const auto& result : results) {
    longest = std::max(longest, end_of(timeline_of(result.clients, "")));
  }
  std::string pictures;
  for (const auto& result : results) {
    timeline picture = timeline_of(result.clients, result.server);
    picture.length = longest;
    fmt::print("\n{}\n{}\n{}\n", to_text(picture), table(result.clients),
               wrapped(conclusion(result.clients)));
    picture.title += ": " + plan.story;
    pictures += "\n  " + write_picture(plan, picture, result.server).string();
  }
  if (results.size() > 1) fmt::print("\n{}", summary(results));
  fmt::print("\nPictures:{}\n", pictures);
}

void run(const options& chosen) {
  const experiment plan =
      chosen.slow_client ? fast_beside_slow_client(chosen) : fast_beside_sleep(chosen);
  make_folder(plan.out);
  fmt::print("{}\n", wrapped(plan.story + "."));
  std::vector<experiment_result> results;
  for (const auto& server : chosen.servers) {
    fmt::print("\n{}\n", std::filesystem::path(server).filename().string());
    results.push_back(run_experiment(plan, std::filesystem::absolute(server)));
  }
  report(plan, results);
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
