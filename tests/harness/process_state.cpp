#include "harness/process_state.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "harness/io_probes.hpp"
#include "harness/sanitizers.hpp"
#include "support/os_thread_id.hpp"

namespace workbook::harness {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto long_enough = 2s * time_scale;
constexpr auto too_long = 20s * time_scale;
constexpr auto still_for_good = 500ms;
constexpr auto much_work = 500ms * time_scale;
constexpr std::uint64_t many_turns = 250 * time_scale;

/// @returns the descriptors of this process that are sockets.
std::vector<int> socket_descriptors() {
  std::vector<int> found;
  std::error_code gone;  // the descriptor with which this directory is read is among the entries
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    if (fs::read_symlink(entry, gone).string().starts_with("socket:")) {
      found.push_back(std::stoi(entry.path().filename().string()));
    }
  }
  return found;
}

}  // namespace

std::size_t open_sockets() { return socket_descriptors().size(); }

std::size_t sockets_kept_on_exec() {
  const auto sockets = socket_descriptors();
  return static_cast<std::size_t>(std::ranges::count_if(
      sockets, [](int fd) { return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0; }));
}

std::size_t thread_count() {
  const fs::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

std::optional<thread_activity> activity_of(long thread) {
  const auto states = read_thread_states(::getpid());
  const auto found = std::ranges::find(states, thread, &thread_state::thread);
  if (found == states.end()) return std::nullopt;
  return found->activity;
}

bool some_thread_is(thread_activity activity) {
  const auto states = read_thread_states(::getpid());
  return std::ranges::find(states, activity, &thread_state::activity) != states.end();
}

std::size_t threads_waiting_on_futex() {
  const auto states = read_thread_states(::getpid());
  return static_cast<std::size_t>(
      std::ranges::count(states, thread_activity::waiting_on_futex, &thread_state::activity));
}

std::chrono::nanoseconds lived_time::look() {
  constexpr std::chrono::nanoseconds longest_step = 100ms;
  const auto now = std::chrono::steady_clock::now();
  last_step_ = std::min<std::chrono::nanoseconds>(now - last_look_, longest_step);
  last_look_ = now;
  return sum_ += last_step_;
}

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
    restless = restless || (works_on_and_on && work.thread != os_thread_id());
  }
  return restless || waited - hindered >= long_enough || waited >= too_long;
}

bool patience::others_stand_still(std::chrono::nanoseconds now) {
  auto states = read_thread_states(::getpid());
  std::erase_if(states, [](const thread_state& state) { return state.thread == os_thread_id(); });
  const bool all_wait = std::ranges::none_of(
      states, [](const thread_state& state) { return state.activity == thread_activity::running; });
  if (!all_wait || states != states_ || has_child_process(::getpid())) unchanged_since_ = now;
  states_ = std::move(states);
  return now - unchanged_since_ >= still_for_good;
}

bool eventually(const std::function<bool()>& condition) {
  using std::chrono::milliseconds;
  const unprobed_calls guard;
  patience left;
  for (;;) {
    const auto begin = std::chrono::steady_clock::now();
    if (condition()) return true;
    if (left.is_over()) return condition();
    // Looking must not keep those from working who are looked at.
    const auto look = std::chrono::steady_clock::now() - begin;
    const auto pause = std::chrono::duration_cast<milliseconds>(4 * look);
    ::poll(nullptr, 0,
           static_cast<int>(std::clamp(pause, milliseconds(1), milliseconds(50)).count()));
  }
}

}  // namespace workbook::harness
