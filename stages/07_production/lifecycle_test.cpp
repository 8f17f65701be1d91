#include <gtest/gtest.h>

#include <lifecycle.hpp>
#include <string>
#include <utility>
#include <vector>

#include "harness/story.hpp"

namespace workbook {
namespace {

using namespace harness;

TEST(Lifecycle, GoesOnFromStateToState) {
  about("7.3", "A server starts, is ready, drains, and has stopped.");
  lifecycle life;
  EXPECT_EQ(life.state(), server_state::starting);
  for (const server_state next :
       {server_state::ready, server_state::draining, server_state::stopped}) {
    step(std::string("on to ") + to_string(next));
    life.advance_to(next);
    EXPECT_EQ(life.state(), next);
  }
}

TEST(Lifecycle, NeverGoesBack) {
  about("7.3",
        "Who drains is not ready again, whoever says so: a stop may come before the server is "
        "ready, and a second one while it drains.");
  lifecycle life;
  step("a stop comes before it is ready");
  life.advance_to(server_state::draining);
  life.advance_to(server_state::ready);
  EXPECT_EQ(life.state(), server_state::draining);
  step("it has stopped, and a late thread says that it drains");
  life.advance_to(server_state::stopped);
  life.advance_to(server_state::draining);
  EXPECT_EQ(life.state(), server_state::stopped);
}

TEST(Lifecycle, IsReadyOnlyWhenItIs) {
  about("7.3",
        "/readyz asks \"shall I send you clients?\": 200 only when ready. While it answers 200, a "
        "load balancer sends more, and they are lost when the listener closes.");
  lifecycle life;
  step("starting");
  EXPECT_EQ(life.readyz().status, 503);
  for (const auto& [state, status] :
       std::vector<std::pair<server_state, int>>{{server_state::ready, 200},
                                                 {server_state::draining, 503},
                                                 {server_state::stopped, 503}}) {
    step(to_string(state));
    life.advance_to(state);
    EXPECT_EQ(life.readyz().status, status);
    EXPECT_EQ(life.readyz().body, std::string(to_string(state)) + "\n");
  }
}

TEST(Lifecycle, IsAliveUntilItHasStopped) {
  about("7.3",
        "/livez asks \"shall I kill you and start another?\". A server that drains, or is still "
        "starting, is well: a supervisor that kills it then cuts off those whom it drains for.");
  lifecycle life;
  step("starting");
  EXPECT_EQ(life.livez().status, 200);
  for (const auto& [state, status] :
       std::vector<std::pair<server_state, int>>{{server_state::ready, 200},
                                                 {server_state::draining, 200},
                                                 {server_state::stopped, 503}}) {
    step(to_string(state));
    life.advance_to(state);
    EXPECT_EQ(life.livez().status, status);
    EXPECT_EQ(life.livez().body, std::string(to_string(state)) + "\n");
  }
}

}  // namespace
}  // namespace workbook
