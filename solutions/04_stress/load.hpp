#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>

#include "measure/load_report.hpp"

namespace workbook {

/// Time, as a load sees it. A test passes its own, whose seconds take no time.
struct load_clock {
  using time_point = std::chrono::steady_clock::time_point;

  /// A clock that never goes back: the time of day may be changed at any moment.
  std::function<time_point()> now = std::chrono::steady_clock::now;

  /// Blocks until that time, or until the stop is requested.
  std::function<void(time_point, const std::stop_token&)> sleep_until = sleep_until_or_stop;

  static void sleep_until_or_stop(time_point time, const std::stop_token& stop);
};

/// Makes one request and says what became of it. All clients call it at the same time.
using requester = std::function<answer()>;

/// Runs `plan.clients` clients at the same time, each on a thread of its own. Nobody begins before
/// all are there.
/// - Closed loop: a client sends its next request when it has its last answer. A latency begins
///   when the request is sent, and ends with its answer.
/// - Open loop (`plan.rate`): request number i (counted over all clients: i = round * clients +
///   client) is due i / rate seconds after the start, whether or not the client is ready. A latency
///   begins when the request was *due*: the wait of a request that could not be sent in time
///   counts. The report says how many were late, and what rate was reached.
/// When `stop` is requested no more requests are sent; those on their way are waited for.
/// All requests of clients that got no thread count as generator_limit.
/// `done` counts the requests with an outcome, for whoever wants to watch; it may be null.
/// Blocks until all requests have an outcome.
/// @throws std::invalid_argument if there are no clients or no requests, or the rate is negative.
[[nodiscard]] load_report run_load(const load_plan& plan, const requester& ask,
                                   const std::stop_token& stop = {}, const load_clock& clock = {},
                                   std::atomic<std::size_t>* done = nullptr);

}  // namespace workbook
