#include "harness/world/order.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fmt/format.h>

#include <exception>

namespace workbook::harness::exploration {

order::order(world& around, shared_state& shared, schedule_search& search, const child_task& task,
             const std::function<void()>& expectations, story* told)
    : around_(around),
      search_(search),
      body_(task.body),
      expectations_(expectations),
      report_(shared, told),
      watch_(shared, report_, task.options.max_steps),
      surroundings_(around, open_, watch_, report_),
      choices_(search, surroundings_, report_, task.options.leaves_out_known),
      calls_(shared, open_, surroundings_, choices_, watch_, report_) {}

void order::fail(explore_verdict verdict, const std::string& message) {
  report_.fail(verdict, message);
}

void order::run_schedule() {
  search_.start_schedule();
  report_.begin();
  watch_.begin();
  open_.begin();
  surroundings_.begin();
  choices_.begin();
  calls_.begin();
  run_body();
  if (!open_.all().empty()) {
    fail(explore_verdict::left_open, fmt::format("the program has returned and left {} open",
                                                 open_.name_of(open_.all().begin()->first)));
  }
  surroundings_.require_all_answered();
  surroundings_.end();
  if (search_.nondeterministic() || search_.ended_early()) {
    fail(explore_verdict::nondeterministic,
         "the program ended in a different place although its order began like an earlier one");
  }
  if (expectations_) expectations_();
}

void order::run_body() {
  around_.running_ = this;
  try {
    const answered_by mine(calls_);
    body_();
  } catch (const std::exception& error) {
    fail(explore_verdict::exception, std::string("an exception left the program: ") + error.what());
  }
  around_.running_ = nullptr;
}

}  // namespace workbook::harness::exploration

#endif
