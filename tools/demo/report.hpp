#pragma once

#include <string>
#include <vector>

#include "experiment.hpp"
#include "measurement.hpp"

namespace workbook::demo {

/// @returns a table with a line for each client: its request, how long it waited, how long all
/// took.
[[nodiscard]] std::string table(const std::vector<client_measurement>& clients);

/// @returns what the numbers say, in one sentence: which clients waited for the first one. A client
/// did if it waited for at least 90 % of the time between its arrival and the end of the first
/// one's service, and it did not wait if that was less than 10 %.
[[nodiscard]] std::string conclusion(const std::vector<client_measurement>& clients);

/// @returns the waiting times of all servers side by side. All have the same clients.
[[nodiscard]] std::string summary(const std::vector<experiment_result>& results);

}  // namespace workbook::demo
