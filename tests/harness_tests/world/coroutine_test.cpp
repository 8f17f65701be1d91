// Coroutines on a loop, under every order of events: timers beside events, a reader and a writer of
// one connection, and a stop anywhere. Lifetime mistakes are AddressSanitizer's to name.
#include <gtest/gtest.h>

#include "coroutine_server.hpp"
#include "harness/sanitizers.hpp"
#include "harness/world/world_test.hpp"

namespace workbook::harness {
namespace {

class WorldOfCoroutines : public explored_test {
 protected:
  explore_result explore_server(const explore_options& options,
                                coroutine_mistake wrong = coroutine_mistake::none) {
    const auto body = [&] { run_coroutine_server(around_.connection("a"), around_.stop(), wrong); };
    return explore_world(around_, options, body, [&] { expect_(); });
  }

  void expect_right(const explore_options& options) {
    const auto right = explore_server(options);
    EXPECT_TRUE(right.passed()) << right.summary() << "\n" << right.trace;
    EXPECT_TRUE(right.all) << right.summary();
  }

  world around_;
  std::function<void()> expect_ = [] {};
};

TEST_F(WorldOfCoroutines, BytesAndTimeTogether) {
  around_.client("a").sends("x").awaits_end();
  expect_ = [&] {
    const std::string& text = around_.client("a").received();
    explore_check(text == "xlate\n" || text == "late\n", "a has received " + text);
  };
  expect_right({.preemptions = 2, .surprises = 1});
}

TEST_F(WorldOfCoroutines, AReaderThatIsResumedTwice) {
  if (!address_sanitizer) GTEST_SKIP() << "only AddressSanitizer sees it for certain";
  around_.client("a").sends("x").half_closes().awaits_end();
  expect_right({.preemptions = 2, .surprises = 0});
  const auto found = explore_server({.preemptions = 2, .surprises = 0},
                                    coroutine_mistake::timer_and_event_both_resume);
  EXPECT_EQ(found.verdict, explore_verdict::crashed) << found.summary() << "\n" << found.trace;
}

TEST_F(WorldOfCoroutines, AWriterThatIsNotToldOfAReset) {
  around_.client("a").stops_reading().sends(std::string(9000, 'x')).resets();
  expect_right({.preemptions = 1, .surprises = 0});
  const auto found = explore_server({.preemptions = 1, .surprises = 0},
                                    coroutine_mistake::error_wakes_only_the_reader);
  EXPECT_EQ(found.verdict, explore_verdict::left_open) << found.summary() << "\n" << found.trace;
}

TEST_F(WorldOfCoroutines, AWaitThatBeginsAfterTheStop) {
  around_.client("a").sends("x").awaits("x");
  around_.stops_anywhere();
  expect_right({.preemptions = 1, .surprises = 0});
  const auto found = explore_server({.preemptions = 1, .surprises = 0},
                                    coroutine_mistake::wait_begins_after_the_stop);
  EXPECT_EQ(found.verdict, explore_verdict::deadlock) << found.summary() << "\n" << found.trace;
}

TEST_F(WorldOfCoroutines, AFrameThatIsDestroyedWhileItWaits) {
  if (!address_sanitizer) GTEST_SKIP() << "only AddressSanitizer sees it";
  around_.client("a").stops_reading().sends(std::string(9000, 'x')).half_closes().reads_on();
  expect_right({.preemptions = 0, .surprises = 0});
  const auto found = explore_server({.preemptions = 0, .surprises = 0},
                                    coroutine_mistake::frame_outlived_by_its_waiting);
  EXPECT_EQ(found.verdict, explore_verdict::crashed) << found.summary() << "\n" << found.trace;
}

}  // namespace
}  // namespace workbook::harness
