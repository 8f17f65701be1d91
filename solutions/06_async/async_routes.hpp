#pragma once

#include "async_connection.hpp"
#include "routes.hpp"

namespace workbook {

/// @returns a handler with the routes of every server. `/sleep` suspends its coroutine for
/// `options.sleep_time` and keeps no thread; `options.sleep` is not used. If a stop ends the sleep,
/// the answer is 503.
[[nodiscard]] async_handler make_async_routes(route_options options);

}  // namespace workbook
