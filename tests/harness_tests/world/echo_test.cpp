// A small epoll program under every order of events: right, it passes all of them, and each mistake
// that can be made in it is found, by name.
#include <gtest/gtest.h>

#include "echo_server.hpp"
#include "harness/world/world_test.hpp"

namespace workbook::harness {
namespace {

class WorldOfEchoes : public explored_test {
 protected:
  using verdict = explore_verdict;

  explore_result explore_echo(mistake wrong) {
    return explore_world(
        around_, options_, [&] { run_echo_server(around_.stop(), wrong); }, [&] { expect_(); });
  }

  /// The right program passes all orders, and what has this mistake does not.
  void expect_found(mistake wrong, explore_verdict as, const std::string& said) {
    const auto right = explore_echo(mistake::none);
    EXPECT_TRUE(right.passed()) << right.summary() << "\n" << right.trace;
    EXPECT_TRUE(right.all) << right.summary();
    const auto found = explore_echo(wrong);
    EXPECT_EQ(found.verdict, as) << found.summary() << "\n" << found.trace;
    EXPECT_NE(found.message.find(said), std::string::npos) << found.message;
    EXPECT_FALSE(found.trace.empty());
  }

  world around_;
  explore_options options_{.preemptions = 0, .surprises = 0};
  std::function<void()> expect_ = [] {};
};

TEST_F(WorldOfEchoes, AShortReadThatHidesTheEnd) {
  around_.client("a").sends("x\n").half_closes().awaits("x\n").awaits_end();
  expect_found(mistake::takes_short_read_for_drained, verdict::unanswered,
               "a waits for the end of the connection");
}

TEST_F(WorldOfEchoes, OneReadForManyBytes) {
  around_.client("a").sends(std::string(100, 'x') + "\n").awaits("x\n");
  expect_found(mistake::one_read_per_event, verdict::unanswered, "a waits for \"x\n\"");
}

TEST_F(WorldOfEchoes, OneAcceptForTwoClients) {
  around_.client("a").sends("x\n").awaits("x\n");
  around_.client("b").sends("y\n").awaits("y\n");
  expect_found(mistake::one_accept_per_event, verdict::unanswered, "nothing is left");
}

TEST_F(WorldOfEchoes, APartialWrite) {
  around_.client("a").sends("xyz\n").awaits("xyz\n");
  options_.surprises = 1;
  expect_found(mistake::ignores_partial_write, verdict::unanswered, "a waits for");
}

TEST_F(WorldOfEchoes, ASecondRequestInTheSamePiece) {
  around_.client("a").sends("x\ny\n").awaits("x\n").awaits("y\n");
  expect_found(mistake::answers_one_request_per_read, verdict::unanswered, "a waits for \"y\n\"");
}

TEST_F(WorldOfEchoes, AStopJustBeforeTheWait) {
  around_.client("a").sends("x\n");
  around_.stops_anywhere();
  options_.preemptions = 1;
  expect_found(mistake::never_looks_at_stop_again, verdict::deadlock, "the stop was requested");
}

TEST_F(WorldOfEchoes, AnEventThatNobodyTakes) {
  around_.client("a").sends("x\n").awaits("x\n");
  expect_found(mistake::leaves_room_interest_on, verdict::livelock, "has done nothing about it");
}

TEST_F(WorldOfEchoes, AConnectionWhoseClientHasGone) {
  around_.client("a").sends("x\n").closes();
  expect_found(mistake::keeps_connection_of_the_gone, verdict::left_open, "a has gone");
}

TEST_F(WorldOfEchoes, AConnectionWhoseClientHasReset) {
  around_.client("a").sends("x\n").resets();
  expect_found(mistake::keeps_connection_of_the_gone, verdict::left_open, "a has gone");
}

TEST_F(WorldOfEchoes, ADescriptorClosedTwice) {
  around_.client("a").closes();
  expect_found(mistake::closes_twice, verdict::misuse, "which is not open");
}

TEST_F(WorldOfEchoes, ADescriptorLeftOpen) {
  expect_found(mistake::never_closes_epoll, verdict::left_open, "left the epoll open");
}

TEST_F(WorldOfEchoes, ACallThatBlocks) {
  around_.client("a").sends("x\n").awaits("x\n");
  expect_found(mistake::blocks, verdict::blocked, "waits in recv for a");
}

TEST_F(WorldOfEchoes, ACallThatSleeps) {
  around_.client("a").sends("x\n").awaits("x\n");
  expect_found(mistake::sleeps, verdict::blocked, "sleeps in");
}

TEST_F(WorldOfEchoes, AClientInTheQueueAtTheStop) {
  around_.client("a").sends("x\n");
  around_.stops_anywhere();
  expect_ = [&] { explore_check(!around_.client("a").was_reset(), "a has been reset"); };
  expect_found(mistake::forgets_queued_clients, verdict::check_failed, "a has been reset");
}

TEST_F(WorldOfEchoes, AnEventForAConnectionClosedInTheSameBatch) {
  around_.client("a").sends("x\n");
  around_.client("b").sends("only me\n").awaits("only me\n");
  options_.surprises = 1;
  const auto right = explore_echo(mistake::none);
  EXPECT_TRUE(right.passed()) << right.summary() << "\n" << right.trace;
  const auto found = explore_echo(mistake::uses_pointer_of_batch);
  EXPECT_EQ(found.verdict, verdict::crashed) << found.summary() << "\n" << found.trace;
}

TEST_F(WorldOfEchoes, AReaderThatNeverReads) {
  around_.client("a").stops_reading().sends(std::string(9000, 'x') + "\n").reads_on().awaits("x\n");
  const auto right = explore_echo(mistake::none);
  EXPECT_TRUE(right.passed()) << right.summary() << "\n" << right.trace;
}

TEST_F(WorldOfEchoes, EverythingThatMayHappenToTwoClients) {
  around_.client("a").sends("x\n").half_closes().awaits("x\n").awaits_end();
  around_.client("b").sends("y").sends("\n").awaits("y\n").resets();
  around_.stops_anywhere();
  options_ = {.preemptions = 1, .surprises = 1, .max_schedules = 1'000};
  const auto right = explore_echo(mistake::none);
  EXPECT_TRUE(right.passed()) << right.summary() << "\n" << right.trace;
}

}  // namespace
}  // namespace workbook::harness
