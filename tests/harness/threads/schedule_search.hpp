#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/threads/exploration.hpp"

namespace workbook::harness::exploration {

/// What a schedule has spent and may spend.
struct spending {
  int preemptions = 0;
  int surprises = 0;
  [[nodiscard]] int total() const { return preemptions + surprises; }
};

/// Finds the schedules of a body, those that spend least first. A schedule is known by its answers
/// to the questions that it is asked; all but a few are 0, the most ordinary one. Each schedule but
/// the very first is an earlier one with one more answer that is not 0, behind all others of these:
/// so every schedule is found once. The answers of the present one lie in shared memory, so a crash
/// cannot lose them.
///
/// Where leave_out_what_is_known() is called, a schedule is not branched from any more once it comes
/// to a state in which another one has been that had spent no more, of either kind: whatever can
/// follow here could follow there, and costs no more there. That one has been tried, or will be: it
/// was branched from itself, and what its branches may spend is bounded by the limits alone. So no
/// failure is lost, and none costs more than it must.
///
/// Not thread-safe: only the thread that runs calls it.
class schedule_search {
 public:
  schedule_search(shared_state& shared, const spending& limits);

  /// From now on came_to() is believed. Right only if everything that the threads do to each other
  /// is in the states that it is told of.
  void leave_out_what_is_known() { knows_states_ = true; }

  /// Begins with the very first schedule, as if none had been run.
  void start();
  /// Only the schedule with these answers, whatever it spends.
  void replay(const std::vector<int>& answers);

  /// To be called before each schedule.
  void start_schedule();
  /// Answers a question: one of 0 … options-1. From `free` on they spend what is asked about.
  /// `nondeterministic()` becomes true if this is not the question that was asked last time.
  int choose(int options, int free, int thread, operation what);
  /// The schedule has come to this state.
  /// @returns false if nothing has happened since the last call: here nothing is to be chosen.
  [[nodiscard]] bool came_to(std::uint64_t state);

  /// Moves to the next schedule; false if there is none.
  bool next();

  [[nodiscard]] bool affords_preemption() const;
  [[nodiscard]] bool affords_surprise() const;
  void spend_preemption() { ++spent_.preemptions; }
  void spend_surprise() { ++spent_.surprises; }
  [[nodiscard]] const spending& spent() const { return spent_; }

  /// True if the schedule that has just ended did not come to all its answers.
  [[nodiscard]] bool ended_early() const { return given_ < shared_.answer_count && !replaying_; }
  [[nodiscard]] bool nondeterministic() const { return nondeterministic_; }

 private:
  using place = std::uint32_t;

  /// A schedule that was found.
  struct found_schedule {
    place from;           // the one of which it has all answers but the last
    std::uint32_t asked;  // what was asked before the last answer, as a hash
    answer last;
  };

  void find_others(int options, int free, answer here);
  [[nodiscard]] bool is_known(std::uint64_t state);

  shared_state& shared_;
  const spending limits_;
  std::vector<found_schedule> found_;
  place present_ = 0;
  std::vector<place> to_run_;        // the last one next; all of these spend the same
  std::vector<place> to_run_later_;  // one more than these
  spending spent_;
  int given_ = 0;  // of the present schedule's answers, those that were asked for
  std::uint32_t questions_ = 0;
  std::uint64_t asked_ = 0;
  bool knows_states_ = false;
  std::uint64_t last_state_ = 0;
  bool known_from_here_ = false;
  // By the state and the surprises that were spent: the fewest preemptions.
  std::unordered_map<std::uint64_t, int> known_states_;
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
