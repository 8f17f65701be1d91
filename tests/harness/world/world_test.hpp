#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "harness/threads/explored_test.hpp"
#include "harness/world/world.hpp"

namespace workbook::harness {

/// explore_world() for a test, in an explored_test, as every_schedule() is for threads:
///
///   world around;
///   around.client("a").sends("GET /fast HTTP/1.1\r\n\r\n").awaits("Fast response!").closes();
///   EXPECT_TRUE(every_order(around, {.preemptions = 1}, [&] {
///     async_server server(tcp_listener("127.0.0.1", 0), handler);
///     server.run(around.stop());
///   }));
///
/// `expectations` looks at the clients after each order, with EXPECT_… or explore_check().
///
/// The budget is a number of orders, at most 20 000, and never a time: a busy machine explores no
/// less, it only takes longer. The environment may change both; see with_environment().
inline testing::AssertionResult every_order(world& around, explore_options options,
                                            const std::function<void()>& body,
                                            const std::function<void()>& expectations = {}) {
  options.max_schedules = std::min(options.max_schedules, 20'000L);
  options.max_time = std::chrono::minutes(10);  // no scenario of a suite comes near
  options = options_of_test(std::move(options));
  return verdict_of(explore_world(around, options, body, expectations));
}

}  // namespace workbook::harness
