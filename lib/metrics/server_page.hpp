#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "async/server_state.hpp"
#include "metrics/histogram_snapshot.hpp"
#include "metrics/labelled_counts.hpp"

namespace workbook {

/// The Content-Type of a page of metrics.
inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// What a server knows of itself.
struct server_numbers {
  const labelled_counts& requests;  ///< by route and status
  const labelled_counts& cut_off;   ///< connections, by the reason
  histogram_snapshot durations;     ///< in seconds
  std::size_t in_flight = 0;
  std::size_t connections = 0;
  std::uint64_t accepted = 0;
  server_state state{};
};

/// @returns the page at `/metrics`, written with an `Exposition` as stage 07 has it.
/// Source of the names: Prometheus, "Metric and label naming".
template <class Exposition>
std::string server_page(const server_numbers& server) {
  Exposition page;
  const auto counts = [&page](const labelled_counts& counted) {
    for (const auto& [labels, count] : counted.snapshot()) {
      page.sample(labels, static_cast<double>(count));
    }
  };
  page.family("http_requests_total", "counter", "Answers, by route and status.");
  counts(server.requests);
  page.family("http_request_duration_seconds", "histogram",
              "From a whole request to an answer that the kernel has.");
  page.distribution(server.durations);
  page.family("http_requests_in_flight", "gauge", "Requests that a handler works on.");
  page.sample({}, static_cast<double>(server.in_flight));
  page.family("http_connections", "gauge", "Connections that may ask for anything.");
  page.sample({}, static_cast<double>(server.connections));
  page.family("http_connections_accepted_total", "counter", "Connections since the start.");
  page.sample({}, static_cast<double>(server.accepted));
  page.family("http_connections_cut_off_total", "counter",
              "Connections that the server has ended without an answer, by the reason.");
  counts(server.cut_off);
  page.family("server_state", "gauge", "1 for the state that the server is in.");
  for (int state = 0; state <= static_cast<int>(server_state::stopped); ++state) {
    const auto it = static_cast<server_state>(state);
    page.sample({{"state", to_string(it)}}, server.state == it ? 1 : 0);
  }
  return page.text();
}

}  // namespace workbook
