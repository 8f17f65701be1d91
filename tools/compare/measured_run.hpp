#pragma once

#include <stop_token>
#include <string>

#include "comparison_options.hpp"
#include "measure/measurement.hpp"

namespace workbook {

/// A server of the comparison: its name in the tables, and its program.
struct server_program_name {
  std::string name;     ///< "pool of 4"
  std::string program;  ///< "03_server", after the side
};

/// Runs the server's program in a process of its own, the load against it from this process, and
/// stops the program. Blocks until then. A stop ends the load early; the run is partial then.
/// Call it while this process has no threads but those that wait for signals.
/// @throws std::runtime_error if the program does not start, or not stop.
[[nodiscard]] measurement measure(const server_program_name& server,
                                  const comparison_options& options, const std::stop_token& stop);

}  // namespace workbook
