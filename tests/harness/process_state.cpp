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

bool all_sleep(const std::vector<thread_state>& states) {
  return std::ranges::all_of(states, &thread_state::asleep);
}

/// @returns whether the threads of `process` sleep, and those of the processes it has started.
bool sleeps(pid_t process);

bool children_sleep(pid_t process) { return std::ranges::all_of(child_processes(process), sleeps); }

bool sleeps(pid_t process) {
  return all_sleep(read_thread_states(process)) && children_sleep(process);
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

std::chrono::nanoseconds idle_time::look(std::chrono::nanoseconds step) {
  if (!sleeps(process_)) return sum_;
  return sum_ += child_processes(process_).empty() ? step : step / 5;
}

patience::patience() {
  for (const thread_work& work : read_thread_work(::getpid())) work_before_[work.thread] = work;
}

bool patience::is_over() {
  const auto waited = time_.look();
  auto states = read_thread_states(::getpid());
  std::erase_if(states, [](const thread_state& state) { return state.thread == os_thread_id(); });
  const bool changed = states != states_ || !child_processes(::getpid()).empty();
  states_ = std::move(states);
  unchanged_ = changed ? 0ns : unchanged_ + time_.last_step();
  if (all_sleep(states_) && children_sleep(::getpid())) asleep_ += time_.last_step();
  return others_stand_still() || asleep_ >= long_enough ||
         (waited >= long_enough && one_works_on_and_on());
}

bool patience::others_stand_still() const {
  const bool all_wait = std::ranges::none_of(states_, [](const thread_state& state) {
    return state.activity == thread_activity::running;
  });
  return all_wait && unchanged_ >= still_for_good;
}

bool patience::one_works_on_and_on() {
  return std::ranges::any_of(read_thread_work(::getpid()), [this](const thread_work& work) {
    const thread_work& before = work_before_[work.thread];
    return work.thread != os_thread_id() &&
           (work.running - before.running >= much_work || work.turns - before.turns >= many_turns);
  });
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
