#include <charconv>
#include <stdexcept>

#include "harness/threads/schedule_search.hpp"

namespace workbook::harness::exploration {
namespace {

/// Takes a number and the character after it off the front of `text`.
int take_number(std::string_view& text, char follower) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number >= max_choices) {
    throw std::invalid_argument("not a schedule: a number is missing or too large");
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) {
    if (text.front() != follower || text.size() == 1)
      throw std::invalid_argument("not a schedule: write 7:1,3:2");
    text.remove_prefix(1);
  }
  return number;
}

}  // namespace

std::string to_text(const std::vector<int>& answers) {
  std::string text;
  int zeros = 0;
  for (const int pick : answers) {
    if (pick == 0) {
      ++zeros;
      continue;
    }
    if (!text.empty()) text += ',';
    text += std::to_string(zeros) + ':' + std::to_string(pick);
    zeros = 0;
  }
  return text.empty() ? "-" : text;
}

std::vector<int> answers_from(std::string_view text) {
  std::vector<int> answers;
  if (text == "-") return answers;
  while (!text.empty()) {
    const int zeros = take_number(text, ':');
    if (text.empty()) throw std::invalid_argument("not a schedule: nothing follows a ':'");
    answers.insert(answers.end(), static_cast<std::size_t>(zeros), 0);
    answers.push_back(take_number(text, ','));
    if (answers.size() > max_choices) throw std::invalid_argument("not a schedule: too long");
  }
  return answers;
}

std::vector<int> answers_of(const shared_state& shared) {
  std::vector<int> answers;
  for (int i = 0; i < shared.choice_count; ++i) {
    const choice& made = shared.choices[static_cast<std::size_t>(i)];
    if (made.pick == 0) continue;
    answers.resize(made.question, 0);
    answers.push_back(made.pick);
  }
  return answers;
}

}  // namespace workbook::harness::exploration
