// Two threads count, and one thread tells another that its data is there.
#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedCounter : public explored_test {};
class ObservedMessage : public explored_test {};

void count_twice(const std::function<void()>& add, const std::function<int()>& sum) {
  {
    const auto other = named("other", add);
    add();
  }
  explore_check(sum() == 2, "an increment was lost");
}

TEST_F(ObservedCounter, AnIncrementIsOneStep) {
  expect_right([] {
    std::atomic<int> count = 0;
    count_twice([&] { ++count; }, [&] { return count.load(); });
  });
}

TEST_F(ObservedCounter, ALoadAndAStoreAreTwoSteps) {
  expect_wrong([] {
    std::atomic<int> count = 0;
    count_twice([&] { count = count + 1; }, [&] { return count.load(); });
  });
}

TEST_F(ObservedCounter, APlainOneIsADataRace) {
  expect_race([] {
    int count = 0;
    count_twice([&] { ++count; }, [&] { return count; });
  });
}

TEST_F(ObservedCounter, APlainOneUnderAMutexIsNone) {
  expect_right([] {
    std::mutex mutex;
    int count = 0;
    const auto add = [&] {
      const std::scoped_lock lock(mutex);
      ++count;
    };
    count_twice(add, [&] { return count; });
  });
}

TEST_F(ObservedCounter, BothAccessesOfARaceAreTold) {
  const auto result = explore({}, [] {
    int count = 0;
    const auto other = named("other", [&] { ++count; });
    ++count;
  });
  EXPECT_EQ(result.message.find("data race: main writes and other "), 0) << result.message;
  const auto other = result.trace.find("\n  other ");
  EXPECT_NE(result.trace.find("main WRITES 4 bytes at tests/harness_tests/observed/"),
            std::string::npos)
      << result.trace;
  EXPECT_NE(result.trace.find("\n      ++count;\n"), std::string::npos) << result.trace;
  // The read, or, with Clang, the write after it, which stands for both.
  EXPECT_NE(result.trace.find("S 4 bytes at tests/harness_tests/observed/", other),
            std::string::npos)
      << result.trace;
}

TEST_F(ObservedCounter, AtomicsThatNobodySharesAreNotTold) {
  const auto result = explore({}, [] {
    std::atomic<int> mine = 0;
    std::atomic<int> shared = 0;
    {
      const auto other = named("other", [&] { shared = shared + 1; });
      mine.store(7);
      shared = shared + 1;
    }
    explore_check(shared == 2, "an increment was lost");
  });
  EXPECT_NE(result.trace.find("shared is 0"), std::string::npos) << result.trace;
  EXPECT_EQ(result.trace.find("mine"), std::string::npos) << result.trace;
}

template <std::memory_order Store, std::memory_order Load>
void send_plain_data() {
  int data = 0;
  std::atomic<bool> ready = false;
  const auto sender = named("sender", [&] {
    data = 42;
    ready.store(true, Store);
  });
  if (ready.load(Load)) explore_check(data == 42, "the message is not there");
}

TEST_F(ObservedMessage, ReleaseAndAcquireOrderPlainData) {
  expect_right(send_plain_data<release, acquire>);
  expect_right(send_plain_data<seq_cst, seq_cst>);
}

TEST_F(ObservedMessage, OneOfThemAloneDoesNot) {
  expect_race(send_plain_data<relaxed, acquire>);
  expect_race(send_plain_data<release, relaxed>);
}

template <std::memory_order Store, std::memory_order Load>
void send_atomic_data() {
  std::atomic<int> data = 0;
  std::atomic<bool> ready = false;
  const auto sender = named("sender", [&] {
    data.store(42, relaxed);
    ready.store(true, Store);
  });
  if (ready.load(Load)) explore_check(data.load(relaxed) == 42, "the message is not there");
}

TEST_F(ObservedMessage, RelaxedAtomicDataMayBeOld) {
  expect_right(send_atomic_data<release, acquire>);
  const auto result =
      expect_fails(explore_verdict::check_failed, send_atomic_data<relaxed, relaxed>);
  EXPECT_NE(result.trace.find("data is still 0"), std::string::npos) << result.trace;
}

template <bool AcquireFence>
void send_with_fences() {
  int data = 0;
  std::atomic<bool> ready = false;
  const auto sender = named("sender", [&] {
    data = 42;
    std::atomic_thread_fence(release);
    ready.store(true, relaxed);
  });
  if (ready.load(relaxed)) {
    if (AcquireFence) std::atomic_thread_fence(acquire);
    explore_check(data == 42, "the message is not there");
  }
}

TEST_F(ObservedMessage, FencesComeInPairs) {
  expect_right(send_with_fences<true>);
  expect_race(send_with_fences<false>);
}

template <bool ByChange>
void go_on_with_a_release_sequence() {
  int data = 0;
  std::atomic<int> stage = 0;
  const auto sender = named("sender", [&] {
    data = 42;
    stage.store(1, release);
    if (ByChange) {
      stage.fetch_add(1, relaxed);
    } else {
      stage.store(2, relaxed);
    }
  });
  if (stage.load(acquire) == 2) explore_check(data == 42, "the message is not there");
}

TEST_F(ObservedMessage, OnlyAChangeGoesOnWithAReleaseSequence) {
  expect_right(go_on_with_a_release_sequence<true>);
  expect_race(go_on_with_a_release_sequence<false>);
}

}  // namespace
