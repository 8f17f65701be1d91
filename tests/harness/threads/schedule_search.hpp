#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "harness/threads/exploration.hpp"

namespace workbook::harness::exploration {

/// What a schedule has spent and may spend.
struct spending {
  int preemptions = 0;
  int surprises = 0;
  [[nodiscard]] int total() const { return preemptions + surprises; }
};

/// Walks the tree of choices depth first, one schedule at a time. The path of the present schedule
/// lies in shared memory, so a crash cannot lose it.
/// Not thread-safe: only the thread that runs calls it.
class schedule_search {
 public:
  schedule_search(shared_state& shared, const spending& limits);

  /// Only schedules that spend at most `level` in all. Starts over with the first schedule.
  void start_level(int level);
  /// Only the schedule with these answers, whatever it spends.
  void replay(const std::vector<int>& answers);

  /// To be called before each schedule.
  void start_schedule();
  /// Answers a question: one of 0 … options-1. With one option there is nothing to record.
  /// `nondeterministic()` becomes true if this is not the question that was asked last time.
  int choose(int options, int thread, operation what);
  /// From now on came_to() is believed. Right only if everything that the threads do to each other
  /// is in the states that it is told of.
  void leave_out_what_is_known() { knows_states_ = true; }
  /// The schedule has come to this state. If another schedule has been there, this one goes on
  /// without choices: all that can follow has been tried, or will be.
  /// @returns false if nothing has happened since the last call: here nothing is to be chosen.
  [[nodiscard]] bool came_to(std::uint64_t state);

  /// Moves to the next schedule of the level; false if there is none.
  bool next();

  [[nodiscard]] bool affords_preemption() const;
  [[nodiscard]] bool affords_surprise() const;
  void spend_preemption() { ++spent_.preemptions; }
  void spend_surprise() { ++spent_.surprises; }
  [[nodiscard]] const spending& spent() const { return spent_; }
  [[nodiscard]] int level() const { return level_; }

  /// True if the schedule that has just ended did not follow its own prefix.
  [[nodiscard]] bool ended_early() const { return position_ < prefix_; }
  [[nodiscard]] bool nondeterministic() const { return nondeterministic_; }

 private:
  shared_state& shared_;
  const spending limits_;
  int level_ = 0;
  spending spent_;
  int prefix_ = 0;    // choices of this schedule that are given
  int position_ = 0;  // choices made in it
  std::uint32_t questions_ = 0;
  bool knows_states_ = false;
  std::uint64_t last_state_ = 0;
  bool known_from_here_ = false;
  std::unordered_set<std::uint64_t> known_states_;  // of this level
  std::vector<int> replay_;
  bool replaying_ = false;
  bool nondeterministic_ = false;
};

/// The answers of a schedule to all its questions, also to those with one option. So they do not
/// depend on the limits under which the schedule was found.
[[nodiscard]] std::vector<int> answers_of(const shared_state& shared);
/// As text: "7:1,3:2" is seven times the first option, then option 1, three times the first, then
/// option 2, from there on the first. "-" is the very first schedule.
[[nodiscard]] std::string to_text(const std::vector<int>& answers);
/// @throws std::invalid_argument if `text` is not such a text.
[[nodiscard]] std::vector<int> answers_from(std::string_view text);

}  // namespace workbook::harness::exploration
