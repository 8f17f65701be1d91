#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "async/server_options.hpp"

namespace workbook {

/// How a server ends. Both times begin with the request to stop.
struct drain_times {
  std::chrono::milliseconds grace{1'000};      ///< in which new clients are still welcome
  std::chrono::milliseconds deadline{30'000};  ///< after which whoever is left is cut off
};

/// What a server takes on, and for how long.
struct production_options {
  std::size_t loops = 1;                 ///< threads, each with an event loop; at least 1
  std::size_t max_connections = 20'000;  ///< that may ask for anything; at least 1
  std::size_t max_in_flight = 1'000;     ///< requests that a handler works on; at least 1
  time_limits limits = {};
  std::chrono::milliseconds body_limit{10'000};  ///< from the end of a head to that of its body
  drain_times drain = {};
  /// The paths that a metric may name. All others are counted together: a client can invent any
  /// number of them.
  std::vector<std::string> routes = {};

  /// @returns what a metric calls `path`: itself if it is one of the routes or a probe, else "other".
  [[nodiscard]] std::string route_of(const std::string& path) const;
};

/// Connections beyond `max_connections` in which nothing is answered but probes and scrapes: so an
/// overloaded server can still be asked how it is.
inline constexpr std::size_t connections_for_probes = 16;

/// @throws std::invalid_argument, with the name of what is wrong, if the options make no sense.
void check(const production_options& options);

}  // namespace workbook
