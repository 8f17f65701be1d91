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

/// @returns a table with a line for each client: its answer, and how long it took.
[[nodiscard]] std::string overload_table(const std::vector<client_measurement>& clients);

/// @returns what the numbers say about an overloaded server, in one sentence: who was served, and
/// where the others were meanwhile.
[[nodiscard]] std::string overload_conclusion(const experiment_result& result);

/// @returns the waiting times of all servers side by side. All have the same clients.
[[nodiscard]] std::string summary(const std::vector<experiment_result>& results);

}  // namespace workbook::demo
