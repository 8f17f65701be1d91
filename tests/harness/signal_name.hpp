#pragma once

#include <string>

namespace workbook::harness {

/// @returns "SIGABRT" for 6. Source: sigabbrev_np(3).
[[nodiscard]] std::string signal_name(int signal);

}  // namespace workbook::harness
