// The end of a thread under the explorer: what it still has to do belongs to the schedule, and the
// next thread begins with new thread_locals.
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "explore_expectations.hpp"
#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"

namespace {

using namespace workbook::harness;

class ExploreEndings : public explored_test {};

TEST_F(ExploreEndings, ANotificationAtThreadExit) {
  const auto body = [](bool notifies) {
    std::mutex mutex;
    std::condition_variable ended;
    bool done = false;
    std::thread other([&] {
      std::unique_lock lock(mutex);
      done = true;
      if (notifies) std::notify_all_at_thread_exit(ended, std::move(lock));
    });
    {
      std::unique_lock lock(mutex);
      ended.wait(lock, [&] { return done; });
    }
    other.join();
  };
  expect_passes([=] { body(true); });
  expect_fails(explore_verdict::deadlock, [=] { body(false); });
}

TEST_F(ExploreEndings, AValueAtThreadExit) {
  expect_passes([] {
    std::promise<int> promise;
    auto future = promise.get_future();
    std::thread other([&] { promise.set_value_at_thread_exit(1); });
    explore_check(future.get() == 1, "the value of the promise");
    other.join();
  });
}

/// Its destructor takes part in the schedule.
struct signs_off {
  std::mutex* mutex = nullptr;
  std::condition_variable* changed = nullptr;
  bool* done = nullptr;
  ~signs_off() {
    if (mutex == nullptr) return;
    const std::scoped_lock lock(*mutex);
    *done = true;
    changed->notify_one();
  }
};

TEST_F(ExploreEndings, TheDestructorOfAThreadLocal) {
  const auto body = [](bool has_one) {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::thread other([&] {
      if (!has_one) return;
      thread_local signs_off at_the_end;
      at_the_end.mutex = &mutex;
      at_the_end.changed = &changed;
      at_the_end.done = &done;
    });
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return done; });
    }
    other.join();
  };
  expect_passes([=] { body(true); });
  expect_fails(explore_verdict::deadlock, [=] { body(false); });
}

thread_local int calls_of_this_thread = 0;

TEST_F(ExploreEndings, AThreadLocalIsNewInEachThread) {
  expect_passes([] {
    int seen_by_other = 0;
    explore_check(++calls_of_this_thread == 1, "a thread_local of main is not new");
    std::thread other([&] {
      explore_point("other");
      seen_by_other = ++calls_of_this_thread;
    });
    other.join();
    explore_check(seen_by_other == 1, "a thread_local is not new");
  });
}

TEST_F(ExploreEndings, AThreadLocalWithADestructorIsMadeInEachThread) {
  expect_passes([] {
    int made = 0;
    struct counts {
      explicit counts(int& number) { ++number; }
      ~counts() { explore_point("destroyed"); }
    };
    for (int i = 0; i < 2; ++i) {
      std::thread([&] { thread_local counts it(made); }).join();
    }
    explore_check(made == 2, "a thread_local was made in one of two threads");
  });
}

}  // namespace
