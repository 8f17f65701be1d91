#include "plans.hpp"

#include <gtest/gtest.h>

#include "harness/story.hpp"

namespace workbook::demo {
namespace {

using namespace harness;
using namespace std::chrono_literals;

TEST(Plans, PutFastBehindTheSlowClients) {
  about("", "As many slow clients as asked for, and one in a hurry behind them.");
  step("one slow client");
  const auto one = fast_behind_slow_clients({.byte_every = 250ms}, 1);
  EXPECT_EQ(one.clients.size(), 2u);
  EXPECT_EQ(one.story,
            "Client 1 sends a byte of its request every 0.25 s. Client 2 comes 0.1 s later: /fast");
  step("four of them");
  const auto four = fast_behind_slow_clients({}, 4);
  ASSERT_EQ(four.clients.size(), 5u);
  EXPECT_GT(four.clients[3].byte_every, 0ms);
  EXPECT_EQ(four.clients[4].byte_every, 0ms);
  EXPECT_EQ(four.clients[4].path, "/fast");
}

TEST(Plans, OverloadAServerOnceWithEachPolicy) {
  about("",
        "The same clients, more than workers and queue together hold; only the policy differs.");
  step("two experiments");
  const auto plans = overload({});
  ASSERT_EQ(plans.size(), 2u);
  EXPECT_EQ(heading(plans[0], "server"), "server --workers 2 --queue 2 --overload reject");
  EXPECT_EQ(heading(plans[1], "server"), "server --workers 2 --queue 2 --overload wait");
  EXPECT_NE(plans[0].file_suffix, plans[1].file_suffix);
  EXPECT_EQ(plans[0].clients.size(), plans[1].clients.size());
  EXPECT_GT(plans[0].clients.size(), 2u + 2u + 1u);
}

}  // namespace
}  // namespace workbook::demo
