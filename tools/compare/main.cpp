// Compares the three servers, in two ways: by counting (who answers beside slow requests), which
// comes out the same on every machine, and by measuring, which does not.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <utility>

#include "comparison.hpp"
#include "comparison_options.hpp"
#include "comparison_report.hpp"
#include "measured_run.hpp"
#include "naive_server.hpp"
#include "pooled_server.hpp"
#include "program/output_file.hpp"
#include "program/stop_on_signal.hpp"
#include "single_server.hpp"

using namespace workbook;

namespace {

/// Runs a server of this type; `options` are its constructor's after the handler.
template <class Server, class... Options>
compared_server in_process(const std::string& name, Options... options) {
  return {name,
          [=](tcp_listener listener, const request_handler& handler, const std::stop_token& stop) {
            Server(std::move(listener), handler, options...).run(stop);
          }};
}

const std::vector<compared_server>& servers() {
  static const std::vector<compared_server> all{
      in_process<single_server>("single"), in_process<naive_server>("naive"),
      in_process<pooled_server>("pool of 4", pool_options{.workers = 4, .queue_capacity = 100})};
  return all;
}

/// The same servers as programs. A pool must have room for all clients, or it would refuse some.
const std::vector<server_program_name> programs{
    {"single", "01_server"}, {"naive", "02_server"}, {"pool of 4", "03_server"}};

/// Measures every server `repetitions` times. Each round begins with another server, so that what
/// changes while we measure does not always hit the same one.
std::vector<measurement> measure_all(const comparison_options& options,
                                     const std::stop_token& stop) {
  std::vector<measurement> runs;
  for (std::size_t round = 0; round < options.repetitions; ++round) {
    for (std::size_t i = 0; i < programs.size() && !stop.stop_requested(); ++i) {
      const server_program_name& next = programs[(round + i) % programs.size()];
      fmt::print(stderr, "run {} of {}: {}\n", runs.size() + 1,
                 options.repetitions * programs.size(), next.name);
      runs.push_back(measure(next, options, stop));
    }
  }
  return runs;
}

int run(const comparison_options& options) {
  const stop_on_signal signals;
  const output_file json = open_output(options.json_file);
  const auto table = head_of_line_table(servers(), options.most_slow, options.fast);
  fmt::print("1. Counted, without a clock\n\n{}\n", to_text(table));
  finish_output(stdout, "the tables");

  const auto runs = measure_all(options, signals.token());
  if (signals.token().stop_requested()) {
    fmt::print(stderr, "compare: ended after {} of {} runs; they are not a comparison\n",
               runs.size(), options.repetitions * programs.size());
    return 130;
  }
  const auto rows = compare(runs);
  std::fputs(("2. Measured on this machine\n\n" + to_text(rows)).c_str(), stdout);
  if (json != nullptr) {
    std::fputs((to_json(options, table, rows) + "\n").c_str(), json.get());
    finish_output(json.get(), options.json_file);
  }
  finish_output(stdout, "the tables");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse_comparison_options(argc, argv));
  } catch (const end_of_program& end) {
    return end.code;
  } catch (const std::exception& error) {
    std::fflush(stdout);
    fmt::print(stderr, "compare: {}\n", error.what());
    return 1;
  }
}
