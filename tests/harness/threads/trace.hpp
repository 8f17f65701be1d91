#pragma once

#include <string>

#include "harness/threads/exploration.hpp"

namespace workbook::harness::exploration {

/// The recorded schedule as text of at most 40 lines: a column per thread, a row per step with its
/// source line, then what every thread waits for.
[[nodiscard]] std::string draw_trace(const shared_state& shared);

}  // namespace workbook::harness::exploration
