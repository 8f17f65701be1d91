// The wrong twins of library_test.cpp: the same parts of the standard library, used with one mistake.
// Each is found.
#include <fmt/format.h>

#include <barrier>
#include <condition_variable>
#include <deque>
#include <future>
#include <iostream>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <vector>

#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedTwins : public explored_test {};

// The counts of its owners are atomic; the pointer itself is not.
TEST_F(ObservedTwins, OneSharedPointerIsNoAtomic) {
  expect_race([] {
    auto it = std::make_shared<int>(7);
    both([&] { it.reset(); },
         [&] {
           if (const auto mine = it) explore_check(*mine == 7, "value");
         });
  });
}

TEST_F(ObservedTwins, WhatOwnersShareIsNotProtected) {
  expect_race([] {
    const auto it = std::make_shared<int>(7);
    twice([mine = it] { ++*mine; });
  });
}

// A flaw of libstdc++ 12: load() unlocks with a relaxed operation, so its read of the pointer is not
// ordered before the next store(). Source: bits/shared_ptr_atomic.h, _Sp_atomic::load; reported by
// ThreadSanitizer, too: google/sanitizers #1558.
TEST_F(ObservedTwins, AnAtomicSharedPointerUnlocksRelaxed) {
  if (_GLIBCXX_RELEASE != 12) GTEST_SKIP() << "another version may be repaired";
  const auto result = expect_fails(explore_verdict::data_race, [] {
    std::atomic<std::shared_ptr<int>> it = std::make_shared<int>(7);
    both([&] { it.store(nullptr); },
         [&] {
           if (const auto mine = it.load()) explore_check(*mine == 7, "value");
         });
  });
  std::cout << result.trace;  // experiments/README.md says how to see it
}

TEST_F(ObservedTwins, AFlagIsNoOnceFlag) {
  expect_race([] {
    bool done = false;
    int value = 0;
    twice([&] {
      if (!done) value = 7;
      done = true;
    });
  });
}

TEST_F(ObservedTwins, AStaticThatIsSetLaterIsNotProtected) {
  expect_race([] {
    static std::optional<std::string> text;
    text.reset();
    twice([] {
      if (!text) text = long_text;
    });
  });
}

TEST_F(ObservedTwins, ALatchThatIsOpenedTooEarlyPublishesNothing) {
  expect_race([] {
    std::latch done(1);
    int value = 0;
    both(
        [&] {
          done.count_down();
          value = 7;
        },
        [&] {
          done.wait();
          explore_check(value == 7, "the value is not there");
        });
  });
}

TEST_F(ObservedTwins, ABarrierThatIsPassedDoesNotProtect) {
  expect_race([] {
    std::barrier meeting(2);
    int value = 0;
    twice([&] {
      meeting.arrive_and_wait();
      ++value;
    });
  });
}

TEST_F(ObservedTwins, ASemaphoreWithTwoPlacesExcludesNobody) {
  expect_race([] {
    std::counting_semaphore<2> free(2);
    int count = 0;
    twice([&] {
      free.acquire();
      ++count;
      free.release();
    });
  });
}

TEST_F(ObservedTwins, AStoreWithoutANotificationWakesNobody) {
  expect_fails(explore_verdict::deadlock, [] {
    std::atomic<int> stage = 0;
    both([&] { stage = 1; }, [&] { stage.wait(0); });
  });
}

TEST_F(ObservedTwins, AChangeOutsideTheMutexIsARaceAlthoughItNotifies) {
  expect_race([] {
    std::mutex mutex;
    std::condition_variable_any changed;
    bool ready = false;
    both(
        [&] {
          ready = true;
          changed.notify_one();
        },
        [&] {
          std::unique_lock lock(mutex);
          while (!ready) changed.wait(lock);
        });
  });
}

TEST_F(ObservedTwins, AStopIsSeenButPublishesNothingThatComesLater) {
  expect_race([] {
    int value = 0;
    std::jthread worker([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) std::this_thread::yield();
      value = 1;
    });
    worker.request_stop();
    value = 2;
  });
}

TEST_F(ObservedTwins, APromiseThatIsKeptPublishesNothingThatComesLater) {
  expect_race([] {
    std::promise<void> promise;
    std::string text;
    both(
        [&] {
          promise.set_value();
          text = long_text;
        },
        [&] {
          promise.get_future().get();
          explore_check(text == long_text, "text");
        });
  });
}

TEST_F(ObservedTwins, AnItemBelongsToTheReceiver) {
  expect_race([] {
    std::mutex mutex;
    std::condition_variable not_empty;
    std::deque<std::shared_ptr<std::vector<std::string>>> items;
    both(
        [&] {
          const auto item = std::make_shared<std::vector<std::string>>();
          {
            const std::scoped_lock lock(mutex);
            items.push_back(item);
          }
          not_empty.notify_one();
          item->push_back(long_text);
        },
        [&] {
          std::unique_lock lock(mutex);
          not_empty.wait(lock, [&] { return !items.empty(); });
          explore_check(items.front()->size() <= 1, "there is one text at most");
        });
  });
}

TEST_F(ObservedTwins, ATextIsNotReadWhileItGrows) {
  expect_race([] {
    std::string text = long_text;
    both([&] { text += '!'; }, [&] { (void)fmt::format("{}", text); });
  });
}

}  // namespace
