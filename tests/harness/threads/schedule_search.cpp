#include "harness/threads/schedule_search.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "harness/memory/address_table.hpp"

namespace workbook::harness::exploration {

using memory::mix;

schedule_search::schedule_search(shared_state& shared, const spending& limits)
    : shared_(shared), limits_(limits) {
  start();
}

void schedule_search::start() {
  found_.assign(1, {});
  present_ = 0;
  to_run_.clear();
  to_run_later_.clear();
  known_states_.clear();
  shared_.answer_count = 0;
}

void schedule_search::replay(const std::vector<int>& answers) {
  start();
  replaying_ = true;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i] == 0) continue;
    shared_.answers[static_cast<std::size_t>(shared_.answer_count++)] = {
        static_cast<std::uint32_t>(i), answers[i]};
  }
}

void schedule_search::start_schedule() {
  spent_ = {};
  given_ = 0;
  questions_ = 0;
  asked_ = 0;
  nondeterministic_ = false;
  last_state_ = 0;
  known_from_here_ = false;
}

int schedule_search::choose(int options, int free, int thread, operation what) {
  const std::uint32_t question = questions_++;
  if (options <= 1) return 0;
  asked_ = mix(mix(asked_, question), static_cast<std::uint64_t>(options * max_threads + thread));
  asked_ = mix(asked_, static_cast<std::uint64_t>(what));
  if (given_ == shared_.answer_count) {
    if (!known_from_here_ && !replaying_) find_others(options, free, {question, 0});
    return 0;
  }
  const answer next = shared_.answers[static_cast<std::size_t>(given_)];
  if (question < next.question) return 0;
  ++given_;
  const bool is_last = given_ == shared_.answer_count;
  const bool as_before =
      replaying_ || !is_last || found_[present_].asked == static_cast<std::uint32_t>(asked_);
  nondeterministic_ = question != next.question || next.pick >= options || !as_before;
  return nondeterministic_ ? 0 : next.pick;
}

/// The present schedule with another answer to this question.
void schedule_search::find_others(int options, int free, answer here) {
  for (here.pick = options - 1; here.pick > 0; --here.pick) {
    (here.pick < free ? to_run_ : to_run_later_).push_back(static_cast<place>(found_.size()));
    found_.push_back({present_, static_cast<std::uint32_t>(asked_), here});
  }
}

bool schedule_search::came_to(std::uint64_t state) {
  if (!knows_states_ || replaying_) return true;
  if (std::exchange(last_state_, state) == state) return false;
  // Up to its last answer, the schedule is one that has been there.
  if (!known_from_here_ && given_ == shared_.answer_count) known_from_here_ = is_known(state);
  return true;
}

/// Remembers it if it is not.
bool schedule_search::is_known(std::uint64_t state) {
  constexpr std::size_t most_known = 1U << 21;  // then schedules are left out no more
  for (int surprises = 0; surprises <= spent_.surprises; ++surprises) {
    const auto known = known_states_.find(mix(state, static_cast<std::uint64_t>(surprises)));
    if (known != known_states_.end() && known->second <= spent_.preemptions) return true;
  }
  if (known_states_.size() == most_known) return false;
  known_states_[mix(state, static_cast<std::uint64_t>(spent_.surprises))] = spent_.preemptions;
  return false;
}

bool schedule_search::next() {
  if (replaying_) return false;
  if (to_run_.empty()) {
    std::ranges::reverse(to_run_later_);
    to_run_.swap(to_run_later_);
  }
  if (to_run_.empty()) return false;
  present_ = to_run_.back();
  to_run_.pop_back();
  auto end = shared_.answers.begin();
  for (place it = present_; it != 0; it = found_[it].from) *end++ = found_[it].last;
  std::reverse(shared_.answers.begin(), end);
  shared_.answer_count = static_cast<int>(end - shared_.answers.begin());
  return true;
}

bool schedule_search::affords_preemption() const {
  return replaying_ || spent_.preemptions < limits_.preemptions;
}

bool schedule_search::affords_surprise() const {
  return replaying_ || spent_.surprises < limits_.surprises;
}

namespace {

/// Takes a number and the character after it off the front of `text`.
int take_number(std::string_view& text, char follower) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number >= max_answers) {
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
    if (answers.size() > max_answers) throw std::invalid_argument("not a schedule: too long");
  }
  return answers;
}

std::vector<int> answers_of(const shared_state& shared) {
  std::vector<int> answers;
  for (int i = 0; i < shared.answer_count; ++i) {
    const answer& it = shared.answers[static_cast<std::size_t>(i)];
    answers.resize(it.question, 0);
    answers.push_back(it.pick);
  }
  return answers;
}

}  // namespace workbook::harness::exploration
