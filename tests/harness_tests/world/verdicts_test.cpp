// What a world says of a program, beyond the mistakes of echo_test.cpp: its clock, its clients' ends,
// and programs that cannot be explored.
#include <gtest/gtest.h>
#include <sys/timerfd.h>

#include <chrono>
#include <mutex>
#include <thread>

#include "echo_server.hpp"
#include "harness/world/world_test.hpp"
#include "waiting_program.hpp"

namespace workbook::harness {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

class WorldVerdicts : public explored_test {
 protected:
  explore_result explore_program(const std::function<void()>& body, int interruptions = 0) {
    return explore_world(around_, {.preemptions = interruptions, .surprises = 0}, body);
  }

  world around_;
};

TEST_F(WorldVerdicts, TimePassesWhenNothingElseCanHappen) {
  around_.client("a").awaits_end();
  const auto result = explore_program([&] {
    const unique_fd a(around_.connection("a"));
    waiting_program program;
    program.watch(a.get());
    const auto start = steady::now();
    explore_check(program.wait(30'000).empty(), "somebody has sent something");
    explore_check(steady::now() - start == 30s, "not 30 s");
  });
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
  EXPECT_EQ(result.schedules, 1);
}

TEST_F(WorldVerdicts, ATimerfdFollowsTheClockOfTheWorld) {
  const auto result = explore_program([&] {
    const unique_fd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    const itimerspec every_second{{1, 0}, {5, 0}};
    ::timerfd_settime(timer.get(), 0, &every_second, nullptr);
    waiting_program program;
    program.watch(timer.get());
    const auto start = steady::now();
    for (const auto after : {5s, 6s, 7s}) {
      explore_check(program.wait().size() == 1, "no event of the timer");
      std::uint64_t times = 0;
      explore_check(::read(timer.get(), &times, sizeof times) == 8 && times == 1, "not once");
      explore_check(steady::now() - start == after, "at another time");
    }
  });
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
}

// An event and the end of the time together: only as an interruption, and then both are seen.
TEST_F(WorldVerdicts, AnEventMayComeTogetherWithTheEndOfTheTime) {
  around_.client("a").sends("x");
  const auto body = [&] {
    const unique_fd a(around_.connection("a"));
    waiting_program program;
    program.watch(a.get());
    const auto start = steady::now();
    const bool told = !program.wait(1000).empty();
    const bool late = steady::now() - start >= 1s;
    explore_check(!told || !late, "both at once");
  };
  EXPECT_TRUE(explore_program(body).passed());
  const auto found = explore_program(body, 1);
  EXPECT_EQ(found.verdict, explore_verdict::check_failed) << found.summary();
  EXPECT_NE(found.trace.find("-- 1 s pass --"), std::string::npos) << found.trace;
}

TEST_F(WorldVerdicts, AClientMayPause) {
  around_.client("a").pauses(2s).sends("x");
  const auto result = explore_program([&] {
    const unique_fd a(around_.connection("a"));
    waiting_program program;
    program.watch(a.get());
    const auto start = steady::now();
    (void)program.wait();
    explore_check(steady::now() - start == 2s, "not after 2 s");
  });
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
}

TEST_F(WorldVerdicts, AResetComesBehindTheBytes) {
  around_.client("a").sends("x").resets();
  const auto result = explore_program([&] {
    const unique_fd a(around_.connection("a"));
    waiting_program program;
    program.watch(a.get());
    std::string text;
    while (!text.ends_with('!')) {
      (void)program.wait();
      text += read_now(a.get());
    }
    explore_check(text == "x!", "read: " + text);
  });
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
}

TEST_F(WorldVerdicts, AClientSeesAResetWhenBytesAreLeftUnread) {
  around_.client("a").sends("x").awaits_end();
  const auto result = explore_world(
      around_, {.preemptions = 0, .surprises = 0},
      [&] {
        const unique_fd a(around_.connection("a"));
        waiting_program program;
        program.watch(a.get());
        (void)program.wait();
      },
      [&] { explore_check(!around_.client("a").was_reset(), "reset"); });
  EXPECT_EQ(result.verdict, explore_verdict::check_failed);
  EXPECT_EQ(result.message, "reset");
}

TEST_F(WorldVerdicts, TheStoryHasAColumnForEachClient) {
  around_.client("alice").sends("x\n").half_closes().awaits("x\n").awaits_end();
  around_.client("bob").sends("y\n").awaits("y\n");
  const auto found = explore_program(
      [&] { run_echo_server(around_.stop(), mistake::takes_short_read_for_drained); });
  EXPECT_NE(found.trace.find("alice"), std::string::npos) << found.trace;
  EXPECT_NE(found.trace.find("bob"), std::string::npos) << found.trace;
  EXPECT_NE(found.trace.find("half-closes"), std::string::npos) << found.trace;
  EXPECT_NE(found.trace.find("echo_server.cpp:"), std::string::npos) << found.trace;
}

TEST_F(WorldVerdicts, AProgramThatReturnsTooEarly) {
  around_.client("a").sends("x").awaits("y");
  const auto found = explore_program([&] {
    const unique_fd a(around_.connection("a"));
    waiting_program program;
    program.watch(a.get());
    (void)program.wait();
    (void)read_now(a.get());
  });
  EXPECT_EQ(found.verdict, explore_verdict::unanswered) << found.summary();
}

TEST_F(WorldVerdicts, AProgramThatNeverListens) {
  around_.client("a").sends("x");
  const auto found = explore_program([&] {
    waiting_program program;
    const std::stop_callback wake(around_.stop(), [] {});
    (void)program.wait();
  });
  EXPECT_EQ(found.verdict, explore_verdict::unanswered) << found.summary();
  EXPECT_NE(found.message.find("nobody listens"), std::string::npos) << found.message;
}

TEST_F(WorldVerdicts, AClientThatSendsMoreThanFits) {
  around_.client("a").sends(std::string(1'000'000, 'x'));
  const auto found = explore_program([&] {
    const unique_fd a(around_.connection("a"));
    waiting_program program;
    program.watch(a.get());
    (void)program.wait();
  });
  EXPECT_EQ(found.verdict, explore_verdict::no_verdict) << found.summary();
}

TEST_F(WorldVerdicts, ABodyThatNobodyCanEnd) {
  const auto found = explore_program([&] {
    waiting_program program;
    (void)program.wait();
  });
  EXPECT_EQ(found.verdict, explore_verdict::deadlock) << found.summary();
}

TEST_F(WorldVerdicts, ATimerThatOnlyWakes) {
  around_.client("a").awaits("x");
  const auto found = explore_program([&] {
    const unique_fd a(around_.connection("a"));
    waiting_program program;
    for (;;) (void)program.wait(1000);
  });
  EXPECT_EQ(found.verdict, explore_verdict::livelock) << found.summary();
}

TEST_F(WorldVerdicts, AnExceptionThatLeavesTheProgram) {
  const auto found = explore_program([] { throw std::runtime_error("no more"); });
  EXPECT_EQ(found.verdict, explore_verdict::exception);
  EXPECT_EQ(found.message, "an exception left the program: no more");
}

TEST_F(WorldVerdicts, AMutexOnTheOnlyThread) {
  const auto found = explore_program([] {
    std::mutex mutex;
    mutex.lock();
    mutex.lock();
  });
  EXPECT_EQ(found.verdict, explore_verdict::blocked) << found.summary();
  EXPECT_NE(found.message.find("pthread_mutex_lock"), std::string::npos) << found.message;
}

TEST_F(WorldVerdicts, AProgramThatIsNotRepeatable) {
  around_.client("a").sends("x");
  around_.client("b").sends("y");
  const auto found = explore_program([&] {
    static int runs = 0;
    const unique_fd a(around_.connection("a"));
    const unique_fd b(around_.connection("b"));
    waiting_program program;
    program.watch(a.get());
    if (++runs % 2 == 0) program.watch(b.get());
    (void)program.wait();
    (void)program.wait(0);
  });
  EXPECT_EQ(found.verdict, explore_verdict::no_verdict) << found.summary();
}

TEST_F(WorldVerdicts, AProgramThatConnects) {
  const auto found = explore_program([] {
    const unique_fd socket(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr nowhere{};
    ::connect(socket.get(), &nowhere, sizeof nowhere);
  });
  EXPECT_EQ(found.verdict, explore_verdict::no_verdict);
  EXPECT_NE(found.message.find("connect"), std::string::npos) << found.message;
}

}  // namespace
}  // namespace workbook::harness
