#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "harness/world/program_calls.hpp"

namespace workbook::harness::exploration {

/// A program's run in its world, under one order of events after the other. Here its parts come
/// together: what the program has open, what surrounds it, what is chosen, and what its calls do.
/// Not thread-safe: it belongs to the thread that runs the program.
class order final : public schedule_runner {
 public:
  /// `expectations` may be empty. `told` is null where nobody wants to know the story.
  order(world& around, shared_state& shared, schedule_search& search, const child_task& task,
        const std::function<void()>& expectations, story* told);

  /// Runs the program once, under the search's present order.
  void run_schedule() override;
  [[noreturn]] void fail(explore_verdict verdict, const std::string& message) override;

  [[nodiscard]] std::stop_token stop_token() { return surroundings_.stop_token(); }
  [[nodiscard]] int connection(std::string_view client) { return calls_.connection(client); }

 private:
  void run_body();

  world& around_;
  schedule_search& search_;
  const std::function<void()>& body_;
  const std::function<void()>& expectations_;
  order_report report_;
  livelock_watch watch_;
  descriptor_table open_;
  surroundings surroundings_;
  event_choices choices_;
  program_calls calls_;
};

}  // namespace workbook::harness::exploration
