#include <csignal>
#include <exception>
#include <memory>

#include "harness/threads/explore_child.hpp"
#include "harness/threads/interpose.hpp"
#include "harness/world/order.hpp"
#include "harness/world/world.hpp"

#if WORKBOOK_INTERPOSE

#include <cstring>

#include "harness/story.hpp"
#include "support/todo.hpp"

namespace workbook::harness {
namespace exploration {
namespace {

/// Runs a program in its world, one order of events at a time.
class world_runner;
world_runner* present = nullptr;

class world_runner : public schedule_runner {
 public:
  world_runner(world& around, const std::function<void()>& expectations, story* told,
               shared_state& shared, schedule_search& search, const child_task& task)
      : body_(task.body),
        expectations_(expectations),
        order_(around, shared, search, task.options.max_steps, task.trace ? told : nullptr) {
    if (task.options.leaves_out_known) search.leave_out_what_is_known();
    std::strcpy(shared.threads[0].name.data(), "the program");
    present = this;
    std::set_terminate([] {
      present->fail(explore_verdict::terminated, "the program" + why_it_terminates());
    });
    on_not_implemented = [](const not_implemented& stub) {
      note_unwritten(stub);
      present->fail(explore_verdict::exception, stub.what());
    };
  }

  void run_schedule() override { order_.run(body_, expectations_); }
  void fail(explore_verdict verdict, const std::string& message) override {
    order_.fail(verdict, message);
  }

 private:
  const std::function<void()>& body_;
  const std::function<void()>& expectations_;
  order order_;
};

}  // namespace
}  // namespace exploration

using namespace exploration;

std::stop_token world::stop() { return running_->stop_token(); }

int world::connection(std::string_view name) { return running_->connection(name); }

explore_result explore_world(world& around, const explore_options& options,
                             const std::function<void()>& body,
                             const std::function<void()>& expectations) {
  story told(order::columns_of(around));
  child_task task{options, body};
  task.of_world = true;
  task.draw = [&](const shared_state&) { return told.draw(); };
  task.make_runner = [&](shared_state& shared, schedule_search& search, const child_task& mine) {
    return std::make_unique<world_runner>(around, expectations, &told, shared, search, mine);
  };
  return explore_in_child(std::move(task));
}

}  // namespace workbook::harness

#else

namespace workbook::harness {

std::stop_token world::stop() { return {}; }
int world::connection(std::string_view /*name*/) { return -1; }

explore_result explore_world(world& /*around*/, const explore_options& options,
                             const std::function<void()>& body,
                             const std::function<void()>& /*expectations*/) {
  return explore(options, body);
}

}  // namespace workbook::harness

#endif
