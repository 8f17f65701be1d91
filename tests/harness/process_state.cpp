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
  const unprobed_calls guard;
  const auto begin = std::chrono::steady_clock::now();
  const auto hindered_before = time_without_processor(::getpid());
  const auto is_over = [&] {
    constexpr std::chrono::seconds patience(2);
    const auto waited = std::chrono::steady_clock::now() - begin;
    if (waited < patience) return false;
    const auto hindered = time_without_processor(::getpid()) - hindered_before;
    return waited >= 10 * patience || waited - hindered >= patience;
  };
  while (!is_over()) {
    if (condition()) return true;
    ::poll(nullptr, 0, 1);
  }
  return condition();
}

}  // namespace workbook::harness
