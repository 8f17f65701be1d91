#include "harness/patience.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "harness/build_kind.hpp"
#include "harness/threads/real_pthread.hpp"

namespace workbook::harness {
namespace {

using namespace std::chrono_literals;

constexpr auto long_enough = 2s * time_scale;
constexpr auto too_long = 20s * time_scale;
constexpr auto still_for_good = 500ms;
constexpr auto much_work = 500ms * time_scale;
constexpr std::uint64_t many_turns = 250 * time_scale;

}  // namespace

patience::patience() {
  for (const thread_work& work : read_thread_work(::getpid())) work_before_[work.thread] = work;
}

bool patience::is_over() {
  const auto waited = time_.look();
  if (others_stand_still(waited)) return true;
  if (waited < long_enough) return false;
  auto hindered = 0ns;
  bool restless = false;
  for (const thread_work& work : read_thread_work(::getpid())) {
    const thread_work& before = work_before_[work.thread];
    hindered += work.waiting - before.waiting;
    const bool works_on_and_on =
        work.running - before.running >= much_work || work.turns - before.turns >= many_turns;
    restless = restless || (works_on_and_on && work.thread != current_tid());
  }
  return restless || waited - hindered >= long_enough || waited >= too_long;
}

bool patience::others_stand_still(std::chrono::nanoseconds now) {
  auto states = read_thread_states(::getpid());
  std::erase_if(states, [](const thread_state& state) { return state.thread == current_tid(); });
  const bool all_wait = std::ranges::none_of(
      states, [](const thread_state& state) { return state.activity == thread_activity::running; });
  if (!all_wait || states != states_ || has_child_process(::getpid())) unchanged_since_ = now;
  states_ = std::move(states);
  return now - unchanged_since_ >= still_for_good;
}

}  // namespace workbook::harness
