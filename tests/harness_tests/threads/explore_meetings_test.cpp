// Shared mutexes, call_once, semaphores and barriers of the C library under the explorer: each in a
// correct program and in a wrong one.
#include <gtest/gtest.h>
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "explore_expectations.hpp"
#include "harness/threads/explore.hpp"
#include "harness/threads/explored_test.hpp"

namespace {

using namespace std::chrono_literals;
using namespace workbook::harness;

class ExploreMeetings : public explored_test {};

TEST_F(ExploreMeetings, WritersOfASharedMutex) {
  expect_passes([] {
    std::shared_mutex shared;
    std::mutex inner;
    int written = 0;
    const auto write = [&] {
      const std::unique_lock lock(shared);
      const std::scoped_lock also(inner);
      ++written;
    };
    std::thread other(write);
    write();
    other.join();
    explore_check(written == 2, "a write was lost");
  });
}

TEST_F(ExploreMeetings, ReadersShareAndWritersDoNot) {
  const auto body = [](bool writes_under_the_lock) {
    std::shared_mutex shared;
    int halves = 0;
    std::thread writer([&] {
      std::unique_lock lock(shared);
      if (!writes_under_the_lock) lock.unlock();
      ++halves;
      explore_point("half");
      ++halves;
    });
    const auto read = [&] {
      const std::shared_lock lock(shared);
      explore_point("reads");
      explore_check(halves != 1, "half of it was seen");
    };
    std::thread reader(read);
    read();
    writer.join();
    reader.join();
  };
  expect_passes([=] { body(true); });
  expect_fails(explore_verdict::check_failed, [=] { body(false); });
}

TEST_F(ExploreMeetings, AReaderThatWantsToWriteWaitsForItself) {
  const auto wrong = expect_fails(explore_verdict::deadlock, [] {
    std::shared_mutex table;
    const std::shared_lock reads(table);
    const std::unique_lock writes(table);
  });
  EXPECT_NE(wrong.trace.find("main waits for table, held by main"), std::string::npos)
      << wrong.trace;
}

TEST_F(ExploreMeetings, TryAndTimedLocksOfASharedMutex) {
  expect_passes([] {
    std::shared_timed_mutex shared;
    std::thread other([&] {
      if (shared.try_lock_shared()) shared.unlock_shared();
      if (shared.try_lock_for(1s)) shared.unlock();
    });
    if (shared.try_lock_shared_for(1s)) shared.unlock_shared();
    other.join();
  });
}

TEST_F(ExploreMeetings, CallOnceByTwoThreads) {
  expect_passes([] {
    std::once_flag first;
    std::mutex mutex;
    int calls = 0;
    const auto call = [&] {
      std::call_once(first, [&] {
        const std::scoped_lock lock(mutex);
        ++calls;
      });
      explore_check(calls == 1, "it came back before the call was over");
    };
    std::thread other(call);
    call();
    other.join();
  });
}

TEST_F(ExploreMeetings, CallOnceThatJoins) {
  expect_passes([] {
    std::once_flag shut_down;
    std::thread worker([] { explore_point("works"); });
    const auto stop = [&] { std::call_once(shut_down, [&] { worker.join(); }); };
    std::thread other(stop);
    stop();
    other.join();
  });
}

TEST_F(ExploreMeetings, CallOnceWhoseFirstCallThrows) {
  expect_passes([] {
    std::once_flag first;
    std::atomic<int> calls = 0;
    const auto call = [&] {
      try {
        std::call_once(first, [&] {
          explore_point("in the call");
          if (++calls == 1) throw std::runtime_error("not yet");
        });
      } catch (const std::runtime_error&) {
      }
    };
    std::thread other(call);
    call();
    other.join();
    explore_check(calls == 2, "after an exception the next one calls");
  });
}

TEST_F(ExploreMeetings, TwoWhoWaitForOneFuture) {
  expect_passes([] {
    std::shared_future<int> answer = std::async(std::launch::async, [] { return 42; });
    std::thread other([answer] { explore_check(answer.get() == 42, "the answer"); });
    explore_check(answer.get() == 42, "the answer");
    other.join();
  });
}

TEST_F(ExploreMeetings, ASemaphoreOfTheCLibrary) {
  const auto body = [](bool posts) {
    sem_t ready;
    sem_init(&ready, 0, 0);
    std::thread other([&] {
      if (posts) sem_post(&ready);
    });
    sem_wait(&ready);
    other.join();
    sem_destroy(&ready);
  };
  expect_passes([=] { body(true); });
  const auto wrong = expect_fails(explore_verdict::deadlock, [=] { body(false); });
  EXPECT_NE(wrong.trace.find("main waits on semaphore 1"), std::string::npos) << wrong.trace;
}

TEST_F(ExploreMeetings, ABarrierOfTheCLibrary) {
  const auto body = [](bool leaves_early) {
    pthread_barrier_t meet;
    pthread_barrier_init(&meet, nullptr, 2);
    std::thread other([&] {
      if (!leaves_early) pthread_barrier_wait(&meet);
    });
    pthread_barrier_wait(&meet);
    other.join();
    pthread_barrier_destroy(&meet);
  };
  expect_passes([=] { body(false); });
  expect_fails(explore_verdict::deadlock, [=] { body(true); });
}

TEST_F(ExploreMeetings, PollingWithUsleep) {
  expect_passes([] {
    std::atomic<bool> done = false;
    std::thread other([&] {
      explore_point("now");
      done = true;
    });
    while (!done) ::usleep(1000);
    other.join();
  });
}

}  // namespace
