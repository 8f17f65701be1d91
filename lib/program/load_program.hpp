#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "measure/load_report.hpp"

namespace workbook {

/// What the command line of a load generator asks for.
struct load_options {
  std::string host;
  std::uint16_t port = 0;
  std::string path = "/fast";
  load_plan plan{.clients = 10, .requests = 100};
  std::chrono::milliseconds timeout{5000};  ///< of each request, from connect to the last byte
  std::string json_file;                    ///< empty: none
};

/// How the program and a running load talk.
struct load_watch {
  std::stop_token stop;            ///< requested by Ctrl-C
  std::atomic<std::size_t>& done;  ///< the load counts its finished requests here
};

struct load_result {
  load_report report;
  std::optional<latency_summary> latencies;
};

/// What a load generator has around the load: options, a progress line, the report, Ctrl-C.
/// Options: `--target HOST:PORT`, `--clients`, `--requests`, `--path`, `--rate`, `--timeout 5s`,
/// `--json FILE`.
class load_program {
 public:
  using load_function = std::function<load_result(const load_options&, const load_watch&)>;

  explicit load_program(std::string name) : name_(std::move(name)) {}

  /// Parses the command line, runs `load`, prints its report, writes it to the JSON file. While a
  /// load takes longer than two seconds, a line on stderr tells how far it is.
  /// @returns the exit code: 0 if every request was ok, and the report is written. Otherwise, after
  /// one sentence on stderr: 1, or 130 if Ctrl-C has ended the load early.
  [[nodiscard]] int run(int argc, char** argv, const load_function& load) const;

 private:
  std::string name_;
};

}  // namespace workbook
