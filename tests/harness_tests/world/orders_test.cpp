// Which orders of events a world has: those of tiny programs against the number found by hand, what
// a surprise and an interruption add, and that each can be run again.
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "echo_server.hpp"
#include "harness/world/world_test.hpp"
#include "waiting_program.hpp"

namespace workbook::harness {
namespace {

class WorldOfOrders : public explored_test {
 protected:
  explore_result explore_orders(const explore_options& options, const std::function<void()>& body) {
    const auto result = explore_world(around_, options, body);
    EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
    EXPECT_TRUE(result.all);
    return result;
  }

  long all_orders(const std::function<void()>& body) {
    return explore_orders({.preemptions = 0, .surprises = 0, .leaves_out_known = false}, body)
        .schedules;
  }

  /// Reads what the clients send, until all of them have ended.
  void read_all_ends(std::initializer_list<std::string_view> names) {
    waiting_program program;
    std::map<int, unique_fd> open;
    for (const auto name : names) {
      unique_fd socket(around_.connection(name));
      const int fd = socket.get();
      open[fd] = std::move(socket);
      program.watch(fd);
    }
    while (!open.empty()) {
      for (const int fd : program.wait()) {
        if (read_now(fd).ends_with('.')) open.erase(fd);
      }
    }
  }

  world around_;
};

// After the bytes there is a choice: tell the program, or let the client end first.
TEST_F(WorldOfOrders, AClientWithTwoStepsHasTwo) {
  around_.client("a").sends("x").half_closes();
  EXPECT_EQ(all_orders([&] { read_all_ends({"a"}); }), 2);
}

// Of n clients each takes one step, and then the program is told of it: (2n)! / 2^n orders.
TEST_F(WorldOfOrders, EachClientHasAStepAndAnEvent) {
  around_.client("a").half_closes();
  around_.client("b").half_closes();
  EXPECT_EQ(all_orders([&] { read_all_ends({"a", "b"}); }), 6);
  around_.client("c").half_closes();
  EXPECT_EQ(all_orders([&] { read_all_ends({"a", "b", "c"}); }), 90);
}

// It makes no difference to the program in which order clients act before it is told.
TEST_F(WorldOfOrders, WhatTheProgramCannotTellApartIsRunOnce) {
  for (const auto* name : {"a", "b", "c"}) around_.client(name).half_closes();
  const auto result = explore_orders({.preemptions = 0, .surprises = 0}, [&] {
    read_all_ends({"a", "b", "c"});
  });
  EXPECT_LT(result.schedules, 50);
}

TEST_F(WorldOfOrders, ASurpriseSplitsARead) {
  around_.client("a").sends("xyz").half_closes();
  const auto body = [&] {
    const unique_fd a(around_.connection("a"));
    waiting_program program;
    program.watch(a.get());
    std::string text;
    while (!text.ends_with('.')) {
      for (const int fd : program.wait()) text += read_now(fd);
    }
    explore_check(text == "xyz.", "the program has read " + text);
  };
  EXPECT_EQ(explore_orders({.preemptions = 0, .surprises = 0}, body).schedules, 2);
  EXPECT_GT(explore_orders({.preemptions = 0, .surprises = 1}, body).schedules, 4);
}

// The program has read all there was; then bytes come before it waits. Only an interruption does
// that: without one, the client acts while the program waits.
TEST_F(WorldOfOrders, AnInterruptionComesBetweenTwoCalls) {
  around_.client("a").sends("x").sends("y").half_closes();
  const auto body = [&] {
    const unique_fd a(around_.connection("a"));
    waiting_program program;
    program.watch(a.get());
    std::array<char, 8> byte{};
    (void)program.wait();
    const bool one = ::recv(a.get(), byte.data(), 1, 0) == 1;
    const bool another = ::recv(a.get(), byte.data(), 1, MSG_PEEK) == 1;
    explore_check(one, "no byte");
    while (!read_now(a.get()).ends_with('.')) (void)program.wait();
    explore_check(!another || byte[0] == 'y', "another byte");
  };
  const auto none = explore_orders({.preemptions = 0, .surprises = 0}, body);
  const auto one = explore_orders({.preemptions = 1, .surprises = 0}, body);
  EXPECT_GT(one.schedules, none.schedules);
}

TEST_F(WorldOfOrders, AFailingOrderCanBeRunAgain) {
  around_.client("a").sends("x\n").half_closes().awaits("x\n").awaits_end();
  const auto body = [&] { run_echo_server(around_.stop(), mistake::takes_short_read_for_drained); };
  const auto found = explore_world(around_, {.preemptions = 0, .surprises = 0}, body);
  ASSERT_EQ(found.verdict, explore_verdict::unanswered) << found.summary();
  const auto again = explore_world(around_, {.replay = found.schedule}, body);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.verdict, found.verdict);
  EXPECT_EQ(again.message, found.message);
  EXPECT_EQ(again.trace, found.trace);
  EXPECT_EQ(again.summary(), "this one order: fails, " + found.message);
}

// What is left out loses no mistake.
TEST_F(WorldOfOrders, LeavingOutWhatIsKnownFindsTheSame) {
  around_.client("a").sends("x\n").half_closes().awaits("x\n").awaits_end();
  for (const auto wrong : {mistake::takes_short_read_for_drained, mistake::one_read_per_event,
                           mistake::closes_twice, mistake::leaves_room_interest_on}) {
    std::set<explore_verdict> verdicts;
    for (const bool leaves_out : {true, false}) {
      const auto result =
          explore_world(around_, {.preemptions = 1, .surprises = 0, .leaves_out_known = leaves_out},
                        [&] { run_echo_server(around_.stop(), wrong); });
      verdicts.insert(result.verdict);
    }
    EXPECT_EQ(verdicts.size(), 1U);
    EXPECT_FALSE(verdicts.contains(explore_verdict::passed));
  }
}

TEST_F(WorldOfOrders, TheSummarySaysWhatWasExplored) {
  around_.client("a").half_closes();
  const auto result =
      explore_orders({.preemptions = 1, .surprises = 0}, [&] { read_all_ends({"a"}); });
  EXPECT_NE(result.summary().find("at most 1 interruption, all of them: no failure"),
            std::string::npos)
      << result.summary();
}

}  // namespace
}  // namespace workbook::harness
