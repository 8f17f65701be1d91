#include "harness/process_state.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/io_probes.hpp"
#include "harness/patience.hpp"

namespace workbook::harness {
namespace fs = std::filesystem;

namespace {

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
