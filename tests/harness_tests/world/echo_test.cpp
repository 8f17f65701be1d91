// A small epoll program under every order of events: right, it passes, and each mistake is found.
#include <gtest/gtest.h>

#include "harness/world/world_test.hpp"
#include "echo_server.hpp"

namespace workbook::harness {
namespace {

class World : public explored_test {
 protected:
  explore_result explore_echo(const explore_options& options, mistake wrong,
                              const std::function<void()>& expectations = {}) {
    auto result = explore_world(
        around_, options, [&] { run_echo_server(around_.stop(), wrong); }, expectations);
    std::printf("%s %.2f s\n%s", result.summary().c_str(), result.seconds, result.trace.c_str());
    return result;
  }

  world around_;
};

TEST_F(World, OneClientIsAnsweredInEveryOrder) {
  around_.client("a").sends("x\n").awaits("x\n").half_closes().awaits_end();
  const auto result = explore_echo({.preemptions = 1, .surprises = 1}, mistake::none);
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
  EXPECT_TRUE(result.all);
}

TEST_F(World, TwoClientsAreAnsweredInEveryOrder) {
  around_.client("a").sends("x\n").half_closes().awaits("x\n").awaits_end();
  around_.client("b").sends("y\n").half_closes().awaits("y\n").awaits_end();
  const auto result = explore_echo({.preemptions = 0, .surprises = 0}, mistake::none);
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
  EXPECT_TRUE(result.all);
}

TEST_F(World, AShortReadIsNotTheEnd) {
  around_.client("a").sends("x\n").half_closes().awaits("x\n").awaits_end();
  const auto result = explore_echo({.preemptions = 0, .surprises = 0},
                                   mistake::takes_short_read_for_drained);
  EXPECT_EQ(result.verdict, explore_verdict::unanswered);
}

}  // namespace
}  // namespace workbook::harness
