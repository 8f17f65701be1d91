#include "harness/threads/schedule_search.hpp"

#include <charconv>
#include <stdexcept>
#include <utility>

namespace workbook::harness::exploration {

schedule_search::schedule_search(shared_state& shared, const spending& limits)
    : shared_(shared), limits_(limits) {}

void schedule_search::start_level(int level) {
  level_ = level;
  prefix_ = 0;
  shared_.choice_count = 0;
  known_states_.clear();
}

void schedule_search::replay(const std::vector<int>& answers) {
  start_level(0);
  replay_ = answers;
  replaying_ = true;
}

void schedule_search::start_schedule() {
  spent_ = {};
  position_ = 0;
  questions_ = 0;
  nondeterministic_ = false;
  last_state_ = 0;
  known_from_here_ = false;
  shared_.choice_count = prefix_;
}

int schedule_search::choose(int options, int thread, operation what) {
  const std::uint32_t question = questions_++;
  // The bound on steps ends a schedule before the choices run out.
  if (options <= 1 || position_ == max_choices || known_from_here_) return 0;
  choice& here = shared_.choices[static_cast<std::size_t>(position_++)];
  if (position_ <= prefix_) {
    const bool same = here.options == options && here.thread == thread && here.what == what &&
                      here.question == question;
    nondeterministic_ = nondeterministic_ || !same;
    return same ? here.pick : 0;
  }
  const int pick = question < replay_.size() ? replay_[question] : 0;
  nondeterministic_ = nondeterministic_ || pick >= options;
  here = {static_cast<std::uint16_t>(options), static_cast<std::uint16_t>(pick),
          static_cast<std::uint16_t>(thread), what, question};
  shared_.choice_count = position_;
  return pick < options ? pick : 0;
}

bool schedule_search::came_to(std::uint64_t state) {
  constexpr std::size_t most_known = 1U << 21;  // then schedules are left out no more
  if (!knows_states_ || replaying_) return true;
  if (std::exchange(last_state_, state) == state) return false;
  // Up to its last given choice, the schedule is one that has been there.
  if (known_from_here_ || position_ < prefix_) return true;
  if (known_states_.size() < most_known) known_from_here_ = !known_states_.insert(state).second;
  return true;
}

bool schedule_search::next() {
  if (replaying_) return false;
  int last = shared_.choice_count;
  while (last > 0) {
    choice& deepest = shared_.choices[static_cast<std::size_t>(last - 1)];
    if (deepest.pick + 1 < deepest.options) {
      ++deepest.pick;
      break;
    }
    --last;
  }
  prefix_ = last;
  return last > 0;
}

bool schedule_search::affords_preemption() const {
  return replaying_ || (spent_.preemptions < limits_.preemptions && spent_.total() < level_);
}

bool schedule_search::affords_surprise() const {
  return replaying_ || (spent_.surprises < limits_.surprises && spent_.total() < level_);
}
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
