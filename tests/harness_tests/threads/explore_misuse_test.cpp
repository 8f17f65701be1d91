// Calls that break the precondition of a mutex or a condition variable are failures with a name of
// their own. Sources: [thread.mutex.class], [thread.condition.condvar].
#include <gtest/gtest.h>
#include <pthread.h>

#include <condition_variable>
#include <mutex>
#include <new>
#include <string>
#include <thread>

#include "explore_expectations.hpp"
#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"

namespace {

using namespace workbook::harness;

class ExploreMisuse : public explored_test {};

void expect_misuse(const std::string& words, const std::function<void()>& body) {
  const auto result = expect_fails(explore_verdict::misuse, body);
  EXPECT_NE(result.message.find(words), std::string::npos) << result.message;
}

TEST_F(ExploreMisuse, AnUnlockWithoutALock) {
  expect_misuse("main unlocks a mutex that it does not hold", [] {
    std::mutex mutex;
    mutex.unlock();
  });
}

TEST_F(ExploreMisuse, AWaitWithAMutexThatIsNotHeld) {
  expect_misuse("main waits with a mutex that it does not hold", [] {
    std::mutex mutex;
    std::condition_variable changed;
    std::unique_lock lock(mutex, std::defer_lock);
    changed.wait(lock);
  });
}

TEST_F(ExploreMisuse, AWaitWithTheMutexOfAnother) {
  expect_misuse("waits with a mutex that it does not hold", [] {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::thread other([&] {
      const std::scoped_lock lock(mutex);
      done = true;
      explore_point("holds it");
    });
    std::unique_lock lock(mutex, std::defer_lock);
    while (!done) changed.wait(lock);
    other.join();
  });
}

TEST_F(ExploreMisuse, TwoWaitersWithTwoMutexes) {
  expect_misuse("waits on a condition variable with a different mutex than", [] {
    std::mutex mine, others;
    std::condition_variable changed;
    std::thread other([&] {
      std::unique_lock lock(others);
      changed.wait(lock);
    });
    std::unique_lock lock(mine);
    changed.wait(lock);
    other.join();
  });
}

TEST_F(ExploreMisuse, OneAfterTheOtherMayUseTwoMutexes) {
  expect_passes([] {
    std::mutex first, second;
    std::condition_variable changed;
    bool done = false;
    std::mutex* const both[] = {&first, &second};
    for (std::mutex* mutex : both) {
      done = false;
      std::thread other([&] {
        const std::scoped_lock lock(*mutex);
        done = true;
        changed.notify_one();
      });
      {
        std::unique_lock lock(*mutex);
        changed.wait(lock, [&] { return done; });
      }
      other.join();
    }
  });
}

TEST_F(ExploreMisuse, AThreadThatEndsWithAMutex) {
  const auto result = expect_fails(explore_verdict::misuse, [] {
    std::mutex jobs;
    std::thread other([&] { jobs.lock(); });
    other.join();
  });
  EXPECT_EQ(result.message, "thread 1 ends while it holds a mutex");
  EXPECT_NE(result.trace.find("ends with jobs"), std::string::npos) << result.trace;
}

TEST_F(ExploreMisuse, AMutexThatIsDestroyedWhileItIsHeld) {
  expect_misuse("a mutex was destroyed while main held it", [] {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_mutex_destroy(&mutex);
  });
}

TEST_F(ExploreMisuse, AMutexInThePlaceOfOneThatWasDestroyedWhileItWasHeld) {
  expect_misuse("a mutex was destroyed while main held it", [] {
    alignas(std::mutex) std::byte place[sizeof(std::mutex)];
    auto* const before = new (place) std::mutex;
    before->lock();
    before->~mutex();
    auto* const after = new (place) std::mutex;
    after->lock();
  });
}

}  // namespace
