#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/event_log.hpp"

namespace workbook::demo {

/// Reads what a server program has written to its `--events` file: a line for each event, `kind
/// connection thread nanoseconds note` with tabs between. The times are those of steady_clock,
/// which all processes of one machine share.
/// @throws std::runtime_error that names the first line which is not an event, and why.
[[nodiscard]] std::vector<server_event> parse_events(std::string_view text);

/// @throws std::runtime_error if the file cannot be read, and as parse_events does.
[[nodiscard]] std::vector<server_event> read_events(const std::string& path);

}  // namespace workbook::demo
