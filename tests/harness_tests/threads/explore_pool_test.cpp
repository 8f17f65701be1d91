// The classic mistakes in a channel and a pool: each is found, and the correct version passes.
#include <gtest/gtest.h>

#include "harness/threads/explored_test.hpp"
#include "harness_tests/threads/textbook_pool.hpp"

namespace {

using textbook::mistake;
using namespace workbook::harness;

class ExplorePool : public explored_test {};

template <mistake Made>
void two_workers_two_jobs() {
  int ran = 0;
  {
    textbook::pool<Made> pool(2, 1);
    pool.execute([&] { ++ran; });
    pool.execute([&] { ++ran; });
  }
  explore_check(ran == 2, "a job was lost");
}

template <mistake Made>
void two_senders_two_receivers() {
  textbook::channel<int, Made> channel(1);
  int received = 0;
  std::thread sender_1([&] { channel.send(1); });
  std::thread sender_2([&] { channel.send(2); });
  std::thread receiver_1([&] { received += channel.receive().value(); });
  std::thread receiver_2([&] { received += channel.receive().value(); });
  sender_1.join();
  sender_2.join();
  receiver_1.join();
  receiver_2.join();
  explore_check(received == 3, "an item was lost or came twice");
}

bool tells(const explore_result& result, std::string_view words) {
  return result.trace.find(words) != std::string::npos;
}

TEST_F(ExplorePool, CorrectPoolPassesUnderEverySchedule) {
  const auto result =
      explore({.preemptions = 2, .surprises = 0}, two_workers_two_jobs<mistake::none>);
  EXPECT_TRUE(result.passed()) << result.trace;
  EXPECT_TRUE(result.all);
  EXPECT_GT(result.schedules, 5'000);
}

TEST_F(ExplorePool, CorrectPoolPassesWithSpuriousWakeups) {
  expect_every_schedule({.preemptions = 1}, two_workers_two_jobs<mistake::none>);
}

TEST_F(ExplorePool, CorrectChannelPassesUnderEverySchedule) {
  expect_every_schedule({.preemptions = 1, .surprises = 0},
                        two_senders_two_receivers<mistake::none>);
}

TEST_F(ExplorePool, FindsTheFlagSetOutsideTheMutex) {
  const auto result =
      explore({.preemptions = 2}, two_workers_two_jobs<mistake::closed_outside_the_mutex>);
  EXPECT_EQ(result.verdict, explore_verdict::deadlock) << result.summary();
  EXPECT_TRUE(tells(result, "waits on not_empty_")) << result.trace;
  EXPECT_TRUE(tells(result, "while nobody waited")) << result.trace;
}

TEST_F(ExplorePool, FindsCloseThatNotifiesOne) {
  const auto result = explore({}, two_workers_two_jobs<mistake::close_notifies_one>);
  EXPECT_EQ(result.verdict, explore_verdict::deadlock) << result.summary();
  EXPECT_TRUE(tells(result, "notify_one 1 of 2")) << result.trace;
  EXPECT_TRUE(tells(result, "main waits for the end of thread")) << result.trace;
}

TEST_F(ExplorePool, FindsIfInsteadOfWhileByASpuriousWakeup) {
  const auto body = two_workers_two_jobs<mistake::if_instead_of_while>;
  const auto result = explore({.preemptions = 0, .surprises = 1}, body);
  EXPECT_EQ(result.verdict, explore_verdict::terminated) << result.summary();
  EXPECT_NE(result.message.find("front() of an empty deque"), std::string::npos) << result.message;
  EXPECT_TRUE(tells(result, "wakes for no reason")) << result.trace;
}

TEST_F(ExplorePool, FindsIfInsteadOfWhileWithoutOneToo) {
  const auto body = two_workers_two_jobs<mistake::if_instead_of_while>;
  const auto result = explore({.preemptions = 2, .surprises = 0}, body);
  EXPECT_EQ(result.verdict, explore_verdict::terminated) << result.summary();
}

TEST_F(ExplorePool, FindsOneConditionForBothDirections) {
  const auto result =
      explore({}, two_senders_two_receivers<mistake::one_condition_for_both_directions>);
  EXPECT_EQ(result.verdict, explore_verdict::deadlock) << result.summary();
}

TEST_F(ExplorePool, FindsAReceiverThatForgetsTheSenders) {
  const auto result = explore({}, two_senders_two_receivers<mistake::receiver_forgets_the_senders>);
  EXPECT_EQ(result.verdict, explore_verdict::deadlock) << result.summary();
  EXPECT_TRUE(tells(result, "nobody has notified it")) << result.trace;
}

TEST_F(ExplorePool, FindsTheJobsLostAtShutdown) {
  const auto result = explore({}, two_workers_two_jobs<mistake::worker_looks_at_closed_first>);
  EXPECT_EQ(result.verdict, explore_verdict::check_failed) << result.summary();
  EXPECT_EQ(result.message, "a job was lost");
}

TEST_F(ExplorePool, EveryScheduleFailsWithStoryAndReplay) {
  const auto outcome = every_schedule({}, two_workers_two_jobs<mistake::close_notifies_one>);
  EXPECT_FALSE(outcome);
  const std::string text = outcome.message();
  EXPECT_NE(text.find("deadlock"), std::string::npos) << text;
  EXPECT_NE(text.find("REPLAY="), std::string::npos) << text;
}

TEST_F(ExplorePool, AnExpectationInsideTheBodyCounts) {
  const auto outcome = every_schedule({.preemptions = 0, .surprises = 0}, [] {
    int ran = 0;
    {
      textbook::pool<>(1, 1).execute([&] { ++ran; });
    }
    EXPECT_EQ(ran, 2) << "printed by the exploring process, on purpose";
  });
  EXPECT_FALSE(outcome);
  EXPECT_FALSE(HasFailure()) << "what the body expects happens in another process";
}

}  // namespace
