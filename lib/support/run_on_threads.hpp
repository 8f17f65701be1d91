#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace workbook {

/// Calls `work` once for each index below `count`, at least 1, each on a thread of its own: index 0
/// on the calling one. Blocks until all have returned. The token that they are given is asked to
/// stop when `stop` is, and also when a thread cannot be had or one of them throws.
/// @throws std::system_error if the system refuses a thread; then none is left behind. Otherwise
/// what the first of them that threw has thrown.
void run_on_threads(std::size_t count, const std::stop_token& stop,
                    const std::function<void(std::size_t, const std::stop_token&)>& work);

}  // namespace workbook
