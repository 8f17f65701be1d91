// The detectors of hangs are silent about tests that are right, however slow.

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>

#include "harness/process_state.hpp"
#include "harness/story.hpp"
#include "support/thread_states.hpp"
#include "victim.hpp"

namespace workbook::harness {
namespace {

using namespace std::chrono_literals;

/// A process that runs `code`, until the end of the test.
class child_process {
 public:
  explicit child_process(const std::function<void()>& code) : id_(::fork()) {
    if (id_ != 0) return;
    ::setpgid(0, 0);
    code();
    ::_exit(0);
  }
  ~child_process() {
    ::kill(-id_, SIGKILL);  // what it has started, too
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }
  [[nodiscard]] bool sleeps() const { return read_thread_states(id_).front().asleep; }

 private:
  pid_t id_;
};

void sleep_for_ever() {
  while (true) ::pause();
}

void compute_for_ever() {
  volatile unsigned turn = 0;
  while (true) turn = turn + 1;
}

TEST(IdleTime, GrowsWhileAProcessSleeps) {
  const child_process child(sleep_for_ever);
  ASSERT_TRUE(eventually([&] { return child.sleeps(); }));
  idle_time idle(child.id());
  EXPECT_EQ(idle.look(10ms), 10ms);
  EXPECT_EQ(idle.look(20ms), 30ms);
}

// On the one processor that both may use, the child gets next to nothing.
TEST(IdleTime, IsNotWhatABusyMachineTakes) {
  cpu_set_t first;
  CPU_ZERO(&first);
  CPU_SET(::sched_getcpu(), &first);
  const auto use_first = [&] { ::sched_setaffinity(0, sizeof first, &first); };
  const child_process child([&] {
    const sched_param lowest{};
    ::sched_setscheduler(0, SCHED_IDLE, &lowest);
    use_first();
    compute_for_ever();
  });
  const child_process rival([&] {  // ended first: the child needs the processor to end
    use_first();
    compute_for_ever();
  });
  idle_time idle(child.id());
  for (int look = 0; look < 100; ++look) EXPECT_EQ(idle.look(10ms), 0ms);
}

TEST(IdleTime, CountsAFifthWhileAStartedProcessSleeps) {
  const child_process child([] {
    if (::fork() == 0) sleep_for_ever();
    sleep_for_ever();
  });
  const auto started = [&] { return child_processes(child.id()); };
  ASSERT_TRUE(eventually([&] { return !started().empty() && child.sleeps(); }));
  ASSERT_TRUE(eventually([&] { return read_thread_states(started().front()).front().asleep; }));
  idle_time idle(child.id());
  EXPECT_EQ(idle.look(10ms), 2ms);
}

TEST(IdleTime, IsNotWhatAStartedProcessWorks) {
  const child_process child([] {
    if (::fork() == 0) compute_for_ever();
    sleep_for_ever();
  });
  const auto started = [&] { return !child_processes(child.id()).empty(); };
  ASSERT_TRUE(eventually([&] { return started() && child.sleeps(); }));
  idle_time idle(child.id());
  EXPECT_EQ(idle.look(10ms), 0ms);
}

class Patience : public testing::TestWithParam<const char*> {};

TEST_P(Patience, With) {
  allow_time(std::chrono::seconds(20));
  const auto result = run_victim(std::string("Patience.") + GetParam());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(result.says("  passed")) << result.output;
}

INSTANTIATE_TEST_SUITE_P(Slow, Patience,
                         testing::Values("Computes", "WaitsWithATimeLimitAgainAndAgain",
                                         "WaitsForALongTimeWithALimit", "ALoopWaitsForItsTimer",
                                         "ReceivesWithATimeLimit", "SleepsWhileTheOtherWaits",
                                         "PingPong", "OneWorksWhileManyWait",
                                         "WaitsForAProcessThatItStarted", "AManyThreadedStart"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace workbook::harness
