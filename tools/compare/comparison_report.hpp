#pragma once

#include <string>
#include <vector>

#include "comparison_options.hpp"
#include "measure/head_of_line_count.hpp"
#include "measure/measurement.hpp"

namespace workbook {

/// @returns the head-of-line table and what it shows, for a terminal of 80 columns.
[[nodiscard]] std::string to_text(const std::vector<head_of_line_count>& table);

/// @returns the measured table and what it shows, likewise. Its parameters are those of the rows.
[[nodiscard]] std::string to_text(const std::vector<compared_row>& rows);

/// @returns everything as one JSON object.
[[nodiscard]] std::string to_json(const comparison_options& options,
                                  const std::vector<head_of_line_count>& table,
                                  const std::vector<compared_row>& rows);

}  // namespace workbook
