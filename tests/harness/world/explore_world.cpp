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
namespace {

using namespace exploration;

/// What happens in the child process, however the program ends, is told of the present order.
void blame(order& running) {
  schedule_runner::of_world = &running;
  std::set_terminate([] {
    schedule_runner::of_world->fail(explore_verdict::terminated,
                                    "the program" + why_it_terminates());
  });
  on_not_implemented = [](const not_implemented& stub) {
    note_unwritten(stub);
    schedule_runner::of_world->fail(explore_verdict::exception, stub.what());
  };
}

}  // namespace

std::stop_token world::stop() { return running_->stop_token(); }

int world::connection(std::string_view name) { return running_->connection(name); }

explore_result explore_world(world& around, const explore_options& options,
                             const std::function<void()>& body,
                             const std::function<void()>& expectations) {
  story told(around.client_names());
  child_task task{options, body};
  task.of_world = true;
  task.draw = [&](const shared_state&) { return told.draw(); };
  task.make_runner = [&](shared_state& shared, schedule_search& search, const child_task& mine) {
    std::strcpy(shared.threads[0].name.data(), "the program");
    auto runner = std::make_unique<order>(around, shared, search, mine, expectations,
                                          mine.trace ? &told : nullptr);
    blame(*runner);
    return runner;
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
