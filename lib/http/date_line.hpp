#pragma once

#include <string_view>

namespace workbook {

/// @returns the field Date of a response that is sent now, with its CR LF. It is written anew each
/// second, not for each response; valid until the next call on this thread.
/// Source: RFC 9110 §6.6.1.
[[nodiscard]] std::string_view date_line();

}  // namespace workbook
