#pragma once

#include <string>

#include "harness/stacks.hpp"

/// What a source line says of the objects that it uses. It is read from the file, so a line that no
/// pattern fits, or a file that is gone, says nothing: the result is "" then.
namespace workbook::harness::exploration {

/// The text of the line, without the spaces around it.
[[nodiscard]] std::string text_of(const source_line& where);

/// "not_empty_" from "not_empty_.wait(lock)".
[[nodiscard]] std::string name_of_condition_in(const source_line& where);
/// "mutex_" from "const std::scoped_lock lock(mutex_)".
[[nodiscard]] std::string name_of_mutex_in(const source_line& where);
/// "closed_" from "closed_.load()", and from "closed_ = true".
[[nodiscard]] std::string name_of_atomic_in(const source_line& where);

}  // namespace workbook::harness::exploration
