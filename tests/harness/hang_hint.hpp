#pragma once

#include <string>
#include <vector>

#include "harness/hang_report.hpp"

namespace workbook::harness {

/// @returns what this kind of hang means, found by its signature: who waits for what, in which
/// function. Empty if it is none of the known ones.
[[nodiscard]] std::string hint_for_hang(const std::vector<stuck_thread>& threads);

}  // namespace workbook::harness
