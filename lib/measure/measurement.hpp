#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measure/load_report.hpp"

namespace workbook {

/// What a server process has used, from its start to its end.
struct resource_usage {
  std::size_t peak_threads = 0;
  std::size_t peak_rss_kib = 0;
  std::uint64_t context_switches = 0;  ///< voluntary and involuntary, of all its threads
};

/// One run of a load on one server.
struct measurement {
  std::string server;
  std::string path;
  load_report report;
  std::optional<latency_summary> latencies;  ///< of the report, if any request was ok
  resource_usage used;
};

/// The middle of several values, and how far they lie apart.
struct spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// @returns the spread of `values`; the lower of the two middle ones is the median of an even
/// number. @throws std::invalid_argument if there are none.
[[nodiscard]] spread spread_of(std::vector<double> values);

/// All runs of one server with one plan. Times in milliseconds.
struct compared_row {
  std::string server;
  std::string path;
  load_plan plan;
  std::size_t repetitions = 0;
  outcome_counts outcomes;  ///< of all repetitions together
  spread throughput;
  std::optional<spread> p50, p90, p99, max;  ///< of the requests that were ok, if any was
  spread peak_threads, peak_rss_mib, context_switches;
};

/// Puts the runs of each server into one row, in the order in which the servers appear.
/// @throws std::invalid_argument if the servers were not all treated alike: another path, plan or
/// number of repetitions. Such rows cannot be compared.
[[nodiscard]] std::vector<compared_row> compare(const std::vector<measurement>& runs);

}  // namespace workbook
