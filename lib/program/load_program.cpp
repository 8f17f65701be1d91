#include "program/load_program.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>

#include "net/authority.hpp"
#include "program/option_values.hpp"
#include "program/output_file.hpp"
#include "program/progress_line.hpp"
#include "program/stop_on_signal.hpp"

namespace workbook {
namespace {

constexpr int ended_early = 130;  // as a shell reports a program that Ctrl-C has ended

/// "127.0.0.1:7880"; the brackets of "[::1]:7880" are no part of the address.
void parse_target(const std::string& text, load_options& options) {
  const auto colon = text.rfind(':');
  options.host = text.substr(0, colon);
  if (options.host.starts_with('[') && options.host.ends_with(']')) {
    options.host = options.host.substr(1, options.host.size() - 2);
  }
  const std::string port = colon == text.npos ? "" : text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), options.port);
  if (error != std::errc() || end != port.data() + port.size() || options.port == 0 ||
      options.host.empty()) {
    throw CLI::ValidationError("--target",
                               fmt::format("'{}' is not HOST:PORT, such as 127.0.0.1:7880", text));
  }
}

std::string address_of(const load_options& options) {
  return authority(options.host, options.port);
}

/// CLI::Range would let "nan" through, which is neither too small nor too large.
void check_rate(double rate) {
  if (!(rate >= 0.001 && rate <= 1e6)) {
    throw CLI::ValidationError(
        "--rate", fmt::format("{} is not a rate from 0.001 to 1000000 requests/s", rate));
  }
}

void declare(CLI::App& app, load_options& options) {
  app.add_option_function<std::string>(
         "--target", [&](const std::string& text) { parse_target(text, options); },
         "the server, such as 127.0.0.1:7880")
      ->type_name("HOST:PORT")
      ->required();
  app.add_option("--clients", options.plan.clients, "clients at the same time")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--requests", options.plan.requests, "requests of each client")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--path", [&](const std::string& text) { options.path = parse_path("--path", text); },
         "what they ask for")
      ->default_str(options.path);
  app.add_option_function<double>(
      "--rate", [&](double rate) { check_rate(options.plan.rate = rate); },
      "requests per second of all clients together, sent on time as long as a client is free; "
      "without it each client sends its next request when it has its last answer");
  app.add_option_function<std::string>(
         "--timeout",
         [&](const std::string& text) { options.timeout = parse_duration("--timeout", text); },
         "how long a request may take")
      ->type_name("TIME")
      ->default_str("5s");
  app.add_option("--json", options.json_file, "also write the report to this file");
}

/// Each client needs a descriptor, and the program a few more.
void raise_descriptor_limit(std::size_t clients) {
  constexpr rlim_t spare = 64;
  const rlim_t needed = clients + spare;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < needed) {
    const std::string remedy = limit.rlim_max > spare
                                   ? fmt::format("try --clients {}", limit.rlim_max - spare)
                                   : "raise that limit";
    throw std::runtime_error(fmt::format(
        "{} {} {} file descriptors, and at most {} are allowed here (ulimit -Hn); {}", clients,
        clients == 1 ? "client needs" : "clients need", needed, limit.rlim_max, remedy));
  }
  limit.rlim_cur = std::max(limit.rlim_cur, needed);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// To stdout and, if there is one, to the JSON file: each gets it even if the other one is full.
void write(const load_result& result, const std::string& target, const load_options& options,
           const output_file& json) {
  std::fputs(to_text(result.report, target, result.latencies).c_str(), stdout);
  if (json != nullptr) {
    std::fputs((to_json(result.report, target, result.latencies) + "\n").c_str(), json.get());
    finish_output(json.get(), options.json_file);
  }
  finish_output(stdout, "the report");
}

/// What went wrong, in one sentence; empty if nothing did.
std::string complaint(const load_report& report, const load_options& options) {
  const std::size_t total = report.plan.total();
  const std::size_t good = report.outcomes[outcome::ok];
  if (report.outcomes[outcome::refused] == total) {
    return "nobody listens on " + address_of(options);
  }
  if (report.partial()) {
    return fmt::format("ended early: {} of {} requests were not started",
                       report.outcomes[outcome::not_started], total);
  }
  return good == total ? "" : fmt::format("{} of {} requests were not ok", total - good, total);
}

int run_load_program(const load_options& options, const load_program::load_function& load,
                     const std::string& name) {
  const stop_on_signal signals;
  raise_descriptor_limit(options.plan.clients);
  const output_file json = open_output(options.json_file);
  const std::string target = address_of(options) + options.path;
  std::atomic<std::size_t> done = 0;
  load_result result;
  {
    const progress_line progress(done, options.plan.total(), "requests", [&]() -> std::string {
      if (done == options.plan.total()) return "; the clients are finishing";
      if (!signals.token().stop_requested()) return "";
      return fmt::format(
          "; stopping: requests on their way may take {} ms (Ctrl-C again: no report)",
          options.timeout.count());
    });
    result = load(options, {signals.token(), done});
  }
  write(result, target, options, json);
  const std::string wrong = complaint(result.report, options);
  if (wrong.empty()) return 0;
  fmt::print(stderr, "{}: {}\n", name, wrong);
  return signals.token().stop_requested() ? ended_early : 1;
}

}  // namespace

int load_program::run(int argc, char** argv, const load_function& load) const {
  load_options options;
  CLI::App app("Sends requests to a server, and says what became of each.", name_);
  declare(app, options);
  try {
    app.parse(argc, argv);
    return run_load_program(options, load, name_);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}: {} (see --help)\n", name_, error.what());
  } catch (const std::exception& error) {
    std::fflush(stdout);
    fmt::print(stderr, "{}: {}\n", name_, error.what());
  }
  return 1;
}

}  // namespace workbook
