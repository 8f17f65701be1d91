// The lifecycle under every schedule: the thread that starts, and one that a signal has woken.
#include <gtest/gtest.h>

#include <lifecycle.hpp>

#include "harness/story.hpp"
#include "harness/threads/explored_test.hpp"

namespace workbook {
namespace {

using namespace harness;

class LifecycleSchedules : public explored_test {};

TEST_F(LifecycleSchedules, AStopIsNotOverwritten) {
  about("7.3",
        "The stop came while the server became ready, and was overwritten: it says 200 to every "
        "load balancer, and ends. To look and then to write are two steps: another thread may come "
        "between them.");
  step("one thread makes it ready, another begins to drain, under every schedule");
  EXPECT_TRUE(every_schedule({}, [] {
    lifecycle life;
    {
      const auto other = named_thread("stop", [&] { life.advance_to(server_state::draining); });
      life.advance_to(server_state::ready);
    }
    explore_check(life.state() == server_state::draining, "it is not draining");
  }));
}

TEST_F(LifecycleSchedules, TwoLoopsDrain) {
  about("7.3", "Each loop says that it drains, and one that it is over: the last state stays.");
  step("one thread begins to drain, another has stopped, under every schedule");
  EXPECT_TRUE(every_schedule({}, [] {
    lifecycle life;
    life.advance_to(server_state::ready);
    {
      const auto other = named_thread("other", [&] { life.advance_to(server_state::draining); });
      life.advance_to(server_state::stopped);
    }
    explore_check(life.state() == server_state::stopped, "it has gone back");
  }));
}

}  // namespace
}  // namespace workbook
