#pragma once

#include <string>
#include <vector>

#include "measure/head_of_line_count.hpp"
#include "measure/measurement.hpp"

namespace workbook {

/// What a comparison shows, in sentences that are computed from its numbers: other numbers, other
/// sentences. Two servers are called different only if their spreads do not overlap, and if there
/// are spreads: of one run each, nothing is concluded.

/// @returns who answers beside slow requests, a sentence for each server.
[[nodiscard]] std::vector<std::string> conclude(const std::vector<head_of_line_count>& table);

/// @returns whether requests failed, who is faster, and what the servers used. The rows come from
/// compare(), so they can be compared.
[[nodiscard]] std::vector<std::string> conclude(const std::vector<compared_row>& rows);

}  // namespace workbook
