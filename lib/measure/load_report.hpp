#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "measure/outcome.hpp"

namespace workbook {

/// What a load is asked to do: `clients` clients at the same time, each with `requests` requests,
/// one after the other.
struct load_plan {
  std::size_t clients = 1;   ///< at least 1
  std::size_t requests = 1;  ///< of each client, at least 1

  /// Requests per second, of all clients together, sent whether or not the answers come (an open
  /// loop). 0: each client sends when it has its last answer (a closed loop).
  double rate = 0;

  [[nodiscard]] std::size_t total() const { return clients * requests; }
};

/// The times of the successful requests, summarised. Percentiles by nearest rank: `p99` is a time
/// that was measured, and at least 99 % of all are not longer.
struct latency_summary {
  using time = std::chrono::nanoseconds;

  std::size_t count = 0;
  time min{};
  std::chrono::duration<double, std::nano> mean{};
  time p50{};
  time p90{};
  time p99{};
  time max{};
};

/// What came of a load.
struct load_report {
  load_plan plan;
  outcome_counts outcomes;                          ///< their sum is plan.total()
  std::map<int, std::size_t> statuses;              ///< of all complete responses
  std::chrono::nanoseconds wall{};                  ///< from the first request to the last answer
  std::vector<std::chrono::nanoseconds> latencies;  ///< of the requests that were ok, in no order

  // Of an open loop:
  std::size_t late = 0;  ///< requests that left late, because no client was free when they were due
  double reached_rate = 0;  ///< requests per second that left; 0 if all left at once

  /// @returns whether the load was ended before its time.
  [[nodiscard]] bool partial() const { return outcomes[outcome::not_started] > 0; }

  /// @returns successful requests per second of wall time; 0 if there was no time.
  [[nodiscard]] double throughput() const;
};

/// @returns a report for people, of at most 80 columns: what was asked, each outcome with its
/// share, throughput and latencies. `target` is where the load went; `latencies` is empty if no
/// request was successful.
[[nodiscard]] std::string to_text(const load_report& report, const std::string& target,
                                  const std::optional<latency_summary>& latencies);

/// @returns the same as one JSON object; times in nanoseconds.
[[nodiscard]] std::string to_json(const load_report& report, const std::string& target,
                                  const std::optional<latency_summary>& latencies);

}  // namespace workbook
