// A loop among threads: who sleeps in epoll_wait is woken by a write to its eventfd, and by nothing
// else.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <mutex>
#include <thread>
#include <vector>

#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"
#include "net/unique_fd.hpp"

namespace workbook::harness {
namespace {

class ExploreEvents : public explored_test {};

enum class post_mistake { none, does_not_wake, wakes_first };

/// A loop that other threads post to: the smallest there is.
class small_loop {
 public:
  explicit small_loop(post_mistake wrong) : wrong_(wrong) {
    epoll_event event{EPOLLIN | EPOLLET, {}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  }

  void post(int job) {
    if (wrong_ == post_mistake::wakes_first) wake_up();
    {
      const std::scoped_lock lock(mutex_);
      posted_.push_back(job);
    }
    const bool wakes = wrong_ == post_mistake::none;
    if (wakes) wake_up();
  }

  /// Runs until so many jobs have been posted.
  void run(std::size_t jobs) {
    std::size_t done = 0;
    while (done < jobs) {
      epoll_event event{};
      explore_check(::epoll_wait(epoll_.get(), &event, 1, -1) == 1, "no event");
      std::uint64_t count = 0;
      (void)!::read(wake_.get(), &count, sizeof count);
      const std::scoped_lock lock(mutex_);
      done += posted_.size();
      posted_.clear();
    }
  }

 private:
  void wake_up() {
    const std::uint64_t once = 1;
    (void)!::write(wake_.get(), &once, sizeof once);
  }

  const post_mistake wrong_;
  unique_fd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  unique_fd wake_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  std::mutex mutex_;
  std::vector<int> posted_;
};

explore_result explore_posts(post_mistake wrong) {
  return explore({.preemptions = 1, .surprises = 0}, [=] {
    small_loop loop(wrong);
    std::thread one([&] { loop.post(1); });
    std::thread two([&] { loop.post(2); });
    loop.run(2);
    one.join();
    two.join();
  });
}

TEST_F(ExploreEvents, ALoopThatIsWokenByEachPostComesToItsEnd) {
  const auto result = explore_posts(post_mistake::none);
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
  EXPECT_TRUE(result.all) << result.summary();
}

TEST_F(ExploreEvents, APostThatWakesNobodyIsADeadlock) {
  const auto result = explore_posts(post_mistake::does_not_wake);
  EXPECT_EQ(result.verdict, explore_verdict::deadlock) << result.summary() << "\n" << result.trace;
}

TEST_F(ExploreEvents, APostThatWakesTooEarlyIsADeadlockInSomeSchedule) {
  const auto result = explore_posts(post_mistake::wakes_first);
  EXPECT_EQ(result.verdict, explore_verdict::deadlock) << result.summary() << "\n" << result.trace;
}

TEST_F(ExploreEvents, ATimeLimitEndsTheWait) {
  const auto result = explore({.preemptions = 1, .surprises = 0}, [] {
    const unique_fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    explore_check(::epoll_wait(epoll.get(), &event, 1, 10'000) == 0, "an event");
  });
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
}

TEST_F(ExploreEvents, ABlockingReadWaitsForTheWrite) {
  const auto result = explore({.preemptions = 2, .surprises = 0}, [] {
    const unique_fd counter(::eventfd(0, EFD_CLOEXEC));
    std::thread writer([&] {
      const std::uint64_t three = 3;
      (void)!::write(counter.get(), &three, sizeof three);
    });
    std::uint64_t count = 0;
    (void)!::read(counter.get(), &count, sizeof count);
    explore_check(count == 3, "another number");
    writer.join();
  });
  EXPECT_TRUE(result.passed()) << result.summary() << "\n" << result.trace;
}

TEST_F(ExploreEvents, ATimerfdHasNoVerdict) {
  const auto result =
      explore({}, [] { const unique_fd timer(::timerfd_create(CLOCK_MONOTONIC, 0)); });
  EXPECT_EQ(result.verdict, explore_verdict::no_verdict) << result.summary();
}

}  // namespace
}  // namespace workbook::harness
