#pragma once

#include <string>

#include "harness/source_lines.hpp"

namespace workbook::harness::exploration {

/// The member or variable that a line locks, waits on or notifies: "not_empty_" for
/// `not_empty_.wait(lock, …)`, "mutex_" for `const std::scoped_lock lock(mutex_);`. "" if unclear.
[[nodiscard]] std::string name_of_condition_in(const source_line& where);
[[nodiscard]] std::string name_of_mutex_in(const source_line& where);

}  // namespace workbook::harness::exploration
