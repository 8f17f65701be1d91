#include "experiment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <stop_token>
#include <thread>

#include "events_file.hpp"
#include "net/backlog.hpp"
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

/// Looks again and again how many clients wait in the kernel to be accepted, on a thread of its
/// own.
class backlog_watch {
 public:
  explicit backlog_watch(std::uint16_t port)
      : watcher_([this, port](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            most_ = std::max(most_.load(), waiting_in_backlog(port));
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
          }
        }) {}

  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  std::atomic<std::size_t> most_ = 0;
  std::jthread watcher_;  // last: it uses the member above
};

}  // namespace

std::string heading(const experiment& plan, const std::string& server) {
  return plan.server_options.empty()
             ? server
             : fmt::format("{} {}", server, fmt::join(plan.server_options, " "));
}

experiment_result run_experiment(const experiment& plan, const std::filesystem::path& server) {
  const std::string name = server.filename();
  const auto events_file = plan.out / (name + plan.file_suffix + ".events");
  std::filesystem::remove(events_file);
  std::vector<std::string> command{
      server,     "--port",   "0", "--sleep", fmt::format("{}ms", plan.sleep.count()),
      "--events", events_file};
  command.insert(command.end(), plan.server_options.begin(), plan.server_options.end());
  server_process process(command, print_log_line);
  const auto port = process.port(start_limit);
  backlog_watch backlog(port);
  const auto visits = run_clients(port, plan.clients, plan.gap, patience(plan));
  const auto most_in_backlog = backlog.most();
  if (const auto problem = process.stop(stop_limit); !problem.empty()) {
    throw std::runtime_error(problem);
  }
  return {name, measure(plan.clients, visits, read_events(events_file), plan.good),
          most_in_backlog};
}

}  // namespace workbook::demo
