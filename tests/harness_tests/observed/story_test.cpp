// What the story of a failure says of memory, and what the summary says of orders.
#include <array>
#include <memory>

#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedStory : public explored_test {};

void expect_told(const explore_result& result, const std::string& words) {
  EXPECT_NE(result.trace.find(words), std::string::npos) << result.summary() << "\n"
                                                         << result.trace;
}

void expect_race_told(const std::string& words, const std::function<void()>& body) {
  expect_told(expect_fails(explore_verdict::data_race, body), words);
}

struct counters {
  std::array<int, 4> served{};
};

int served_in_all = 0;

TEST_F(ObservedStory, NamesAGlobalVariable) {
  expect_race_told("this is the variable", [] { twice([] { ++served_in_all; }); });
  expect_race_told("served_in_all", [] { twice([] { ++served_in_all; }); });
}

TEST_F(ObservedStory, NamesAStaticOfAFunction) {
  expect_race_told("::calls", [] {
    twice([] {
      static int calls = 0;
      ++calls;
    });
  });
}

TEST_F(ObservedStory, SaysWhoAllocatedTheBlockAndWhere) {
  const auto body = [] {
    const auto it = std::make_unique<counters>();
    twice([&] { ++it->served[1]; });
  };
  expect_race_told("this is byte 4 of a block of ", body);
  expect_race_told("that main allocated at tests/harness_tests/observed/story_test.cpp:", body);
}

TEST_F(ObservedStory, SaysOnWhoseStackItLies) {
  expect_race_told("this is a variable on the stack of main", [] {
    int count = 0;
    twice([&] { ++count; });
  });
}

void a_message_in_two_atomics(std::memory_order order) {
  std::atomic<int> message = 0;
  std::atomic<bool> sent = false;
  both(
      [&] {
        message.store(7, order);
        sent.store(true, order);
      },
      [&] {
        if (sent.load(order)) explore_check(message.load(order) == 7, "the message is not there");
      });
}

TEST_F(ObservedStory, SaysWhoStillSeesAnOldValue) {
  const auto result =
      expect_fails(explore_verdict::check_failed, [] { a_message_in_two_atomics(relaxed); });
  expect_told(result, "message is still 0");
  expect_told(result, "~ here main still sees an old value, as the memory order permits");
}

TEST_F(ObservedStory, SaysWhetherOlderValuesWereTried) {
  const auto summary_of = [](std::memory_order order, int surprises) {
    return explore({.surprises = surprises}, [=] { a_message_in_two_atomics(order); }).summary();
  };
  const auto says = [](const std::string& text, const char* words) {
    return text.find(words) != std::string::npos;
  };
  const char* const tried = ", with the older values that weaker orders permit";
  EXPECT_TRUE(says(summary_of(relaxed, 1), tried)) << summary_of(relaxed, 1);
  const char* const left_out = ", without the older values that weaker orders permit";
  EXPECT_TRUE(says(summary_of(relaxed, 0), left_out)) << summary_of(relaxed, 0);
  EXPECT_FALSE(says(summary_of(seq_cst, 1), "weaker orders")) << summary_of(seq_cst, 1);
}

}  // namespace
