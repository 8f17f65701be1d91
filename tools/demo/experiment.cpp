#include "experiment.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>

#include "events_file.hpp"
#include "server_process.hpp"
#include "terminal.hpp"

namespace workbook::demo {
namespace {

constexpr std::chrono::seconds start_limit{10};
constexpr std::chrono::seconds stop_limit{5};

// Should every client wait for all others, this is still enough.
milliseconds patience(const experiment& plan) {
  constexpr std::size_t longest_request = 40;
  milliseconds sum = std::chrono::seconds(5);
  for (const auto& client : plan.clients) sum += plan.sleep + longest_request * client.byte_every;
  return sum;
}

// Events are tables: what does not fit into a line goes on below the note.
void print_log_line(const std::string& line) {
  constexpr std::size_t note_column = 42;
  fmt::print("{}\n", wrapped("  " + line, note_column));
  std::fflush(stdout);
}

}  // namespace

experiment_result run_experiment(const experiment& plan, const std::filesystem::path& server) {
  const std::string name = server.filename();
  const auto events_file = plan.out / (name + plan.file_suffix + ".events");
  std::filesystem::remove(events_file);
  server_process process({server, "--port", "0", "--sleep", fmt::format("{}ms", plan.sleep.count()),
                          "--events", events_file},
                         print_log_line);
  const auto port = process.port(start_limit);
  const auto visits = run_clients(port, plan.clients, plan.gap, patience(plan));
  if (const auto problem = process.stop(stop_limit); !problem.empty()) {
    throw std::runtime_error(problem);
  }
  return {name, measure(plan.clients, visits, read_events(events_file))};
}

}  // namespace workbook::demo
