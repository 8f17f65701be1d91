// Each probe fires on a program made to trip it and stays silent on a correct one.
#include "harness/threads/thread_probes.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using namespace workbook::harness;

class ThreadProbes : public testing::Test {
 protected:
  void SetUp() override {
    if (!thread_probes::available()) GTEST_SKIP() << thread_probes::unavailable_reason();
  }
};

void spin_until(const auto& condition) {
  while (!condition()) std::this_thread::yield();
}

TEST_F(ThreadProbes, CountsThreads) {
  const auto before = thread_probes::counts();
  std::thread joined([] {});
  joined.join();
  std::thread([] {}).detach();
  const auto after = thread_probes::counts();
  EXPECT_EQ(after.created - before.created, 2);
  EXPECT_EQ(after.joined - before.joined, 1);
  EXPECT_EQ(after.detached - before.detached, 1);
  EXPECT_EQ(after.refused - before.refused, 0);
}

TEST_F(ThreadProbes, RefusesTheKthThreadOnly) {
  const auto before = thread_probes::counts();
  std::vector<std::jthread> threads;
  {
    const thread_probes::fail_thread_creation third(3);
    threads.emplace_back([] {});
    threads.emplace_back([] {});
    EXPECT_FALSE(third.happened());
    try {
      threads.emplace_back([] {});
      ADD_FAILURE() << "the third thread was created";
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code(), std::errc::resource_unavailable_try_again);
    }
    EXPECT_TRUE(third.happened());
    threads.emplace_back([] {});
  }
  EXPECT_EQ(thread_probes::counts().created - before.created, 3);
  EXPECT_EQ(thread_probes::counts().refused - before.refused, 1);
}

TEST_F(ThreadProbes, ARefusalNotReachedEndsWithItsObject) {
  { const thread_probes::fail_thread_creation first(1); }
  EXPECT_NO_THROW(std::jthread([] {}));
}

TEST_F(ThreadProbes, GateHoldsThreadsBeforeTheirFirstInstruction) {
  std::atomic<int> began = 0;
  std::vector<std::jthread> threads;
  thread_probes::thread_start_gate gate;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { ++began; });
  gate.wait_until_held(3);
  EXPECT_EQ(gate.held(), 3);
  EXPECT_EQ(began, 0);
  gate.open();
  threads.clear();
  EXPECT_EQ(began, 3);
  EXPECT_EQ(gate.held(), 0);
  std::jthread([&] { ++began; }).join();
  EXPECT_EQ(began, 4);
}

TEST_F(ThreadProbes, CountsTheMutexesHeldByThisThread) {
  std::mutex outer, inner;
  EXPECT_EQ(thread_probes::held_mutexes(), 0);
  {
    const std::scoped_lock lock(outer);
    EXPECT_EQ(thread_probes::held_mutexes(), 1);
    const std::unique_lock second(inner, std::try_to_lock);
    EXPECT_EQ(thread_probes::held_mutexes(), 2);
    std::jthread([] { EXPECT_EQ(thread_probes::held_mutexes(), 0); });
  }
  EXPECT_EQ(thread_probes::held_mutexes(), 0);
}

struct mailbox {
  std::mutex mutex;
  std::condition_variable not_empty;
  std::deque<int> letters;

  void put(int letter) {
    {
      const std::scoped_lock lock(mutex);
      letters.push_back(letter);
    }
    not_empty.notify_one();
  }
  int take() {
    std::unique_lock lock(mutex);
    not_empty.wait(lock, [&] { return !letters.empty(); });
    const int letter = letters.front();
    letters.pop_front();
    return letter;
  }
};

TEST_F(ThreadProbes, CountsWaitsAndNotifications) {
  const auto before = thread_probes::counts();
  mailbox box;
  std::jthread reader([&] { EXPECT_EQ(box.take(), 7); });
  spin_until([] { return thread_probes::waiting_threads() == 1; });
  EXPECT_EQ(thread_probes::held_mutexes(), 0);
  box.put(7);
  reader.join();
  box.not_empty.notify_all();
  const auto after = thread_probes::counts();
  EXPECT_EQ(after.waits - before.waits, 1);
  EXPECT_EQ(after.notify_one - before.notify_one, 1);
  EXPECT_EQ(after.notify_all - before.notify_all, 1);
  EXPECT_EQ(thread_probes::waiting_threads(), 0);
}

TEST_F(ThreadProbes, TheCreatorWaitsUntilTheHookReturns) {
  std::atomic<bool> began = false;
  int hooks = 0;
  {
    const thread_probes::after_creation hook([&] {
      ++hooks;
      began.wait(false);
    });
    const std::jthread early([&] {
      began = true;
      began.notify_all();
    });
    EXPECT_TRUE(began) << "the creator went on before the thread had begun";
  }
  const std::jthread without_hook([] {});
  EXPECT_EQ(hooks, 1);
}

TEST_F(ThreadProbes, HookRunsBetweenConditionAndSleep) {
  mailbox box;
  std::atomic<int> seen = 0;
  const thread_probes::before_sleep hook([&] {
    EXPECT_EQ(thread_probes::held_mutexes(), 1);
    EXPECT_FALSE(box.mutex.try_lock());
    ++seen;
  });
  std::jthread reader([&] { EXPECT_EQ(box.take(), 7); });
  spin_until([] { return thread_probes::waiting_threads() == 1; });
  EXPECT_EQ(seen, 1);
  box.put(7);
}

TEST_F(ThreadProbes, SpuriousWakeupIsHarmlessInALoop) {
  mailbox box;
  const thread_probes::spurious_wakeup unasked;
  std::jthread reader([&] { EXPECT_EQ(box.take(), 7); });
  spin_until([] { return thread_probes::waiting_threads() == 1; });
  EXPECT_TRUE(unasked.happened());
  box.put(7);
}

TEST_F(ThreadProbes, SpuriousWakeupTripsAnIf) {
  mailbox box;
  const thread_probes::spurious_wakeup unasked;
  std::unique_lock lock(box.mutex);
  if (box.letters.empty()) box.not_empty.wait(lock);  // the mistake: nothing has arrived
  EXPECT_TRUE(box.letters.empty());
  EXPECT_TRUE(unasked.happened());
}

TEST_F(ThreadProbes, SeesAConditionDestroyedUnderItsWaiter) {
  std::mutex mutex;
  auto condition = std::make_unique<pthread_cond_t>();
  pthread_cond_init(condition.get(), nullptr);
  std::jthread waiter([&] {
    std::unique_lock lock(mutex);
    pthread_cond_wait(condition.get(), mutex.native_handle());
  });
  spin_until([] { return thread_probes::waiting_threads() == 1; });
  std::jthread destroyer([&] { pthread_cond_destroy(condition.get()); });
  spin_until([] { return thread_probes::counts().destroyed_under_waiter == 1; });
  pthread_cond_signal(condition.get());  // glibc's destroy waits for the waiter: let it go
}

TEST_F(ThreadProbes, ANotifiedWaiterIsNoWaiterToDestruction) {
  const auto before = thread_probes::counts();
  for (int i = 0; i < 100; ++i) {
    std::mutex mutex;
    std::jthread notifier;
    bool done = false;
    std::condition_variable condition;
    notifier = std::jthread([&] {
      const std::scoped_lock lock(mutex);
      done = true;
      condition.notify_all();
    });
    std::unique_lock lock(mutex);
    condition.wait(lock, [&] { return done; });
  }
  EXPECT_EQ(thread_probes::counts().destroyed_under_waiter, before.destroyed_under_waiter);
}

TEST_F(ThreadProbes, CountsSleeps) {
  const auto before = thread_probes::counts();
  std::this_thread::sleep_for(std::chrono::nanoseconds(1));
  EXPECT_EQ(thread_probes::counts().sleeps - before.sleeps, 1);
}

}  // namespace
