#pragma once

#include <chrono>
#include <string>

namespace workbook {

/// @returns `time` as HTTP writes it: "Sun, 06 Nov 1994 08:49:37 GMT".
/// Source: RFC 9110 §5.6.7 (IMF-fixdate).
[[nodiscard]] std::string http_date(std::chrono::sys_seconds time);

}  // namespace workbook
