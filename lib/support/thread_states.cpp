#include "support/thread_states.hpp"

#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "support/timed_waits.hpp"

namespace workbook {
namespace {

struct system_call {
  long number = -1;
  std::array<std::uint64_t, 6> arguments{};
};

/// @returns nothing if the thread runs or does not exist any more.
std::optional<system_call> current_system_call(const std::string& task) {
  std::ifstream file(task + "/syscall");
  system_call call;
  std::string word;
  if (!(file >> word) || word == "running") return std::nullopt;
  call.number = std::stol(word);
  for (auto& argument : call.arguments) {
    if (file >> word) argument = std::stoull(word, nullptr, 16);
  }
  return call;
}

struct task_status {
  char state = 'R';  // S: asleep, D: waits for the disk, T and t: stopped, Z: has ended
  std::uint64_t context_switches = 0;
};

task_status status_of(const std::string& task) {
  std::ifstream file(task + "/status");
  task_status status;
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view state = "State:\t";
    if (line.starts_with(state)) status.state = line[state.size()];
    if (line.find("ctxt_switches:") != std::string::npos) {
      status.context_switches += std::stoull(line.substr(line.find(':') + 1));
    }
  }
  return status;
}

bool waits_without_limit(const system_call& futex) {
  const auto operation = futex.arguments[1] & static_cast<unsigned>(FUTEX_CMD_MASK);
  const bool waits =
      operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET || operation == FUTEX_LOCK_PI;
  return waits && futex.arguments[3] == 0;
}

thread_activity activity_of(const system_call& call) {
  const auto timeout_in = [&](std::size_t index) {
    return static_cast<int>(call.arguments[index]);
  };
  switch (call.number) {
    case SYS_futex:
      return waits_without_limit(call) ? thread_activity::waiting_on_futex
                                       : thread_activity::running;
    case SYS_read:
    case SYS_readv:
    case SYS_recvfrom:
    case SYS_recvmsg: return thread_activity::waiting_to_read;
    case SYS_write:
    case SYS_writev:
    case SYS_sendto:
    case SYS_sendmsg: return thread_activity::waiting_to_write;
    case SYS_accept:
    case SYS_accept4: return thread_activity::waiting_to_accept;
#ifdef SYS_poll
    case SYS_poll:
      return timeout_in(2) < 0 ? thread_activity::waiting_for_events : thread_activity::running;
#endif
    case SYS_ppoll:
      return call.arguments[2] == 0 ? thread_activity::waiting_for_events
                                    : thread_activity::running;
    case SYS_pselect6:
      return call.arguments[4] == 0 ? thread_activity::waiting_for_events
                                    : thread_activity::running;
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait:
      return timeout_in(3) < 0 ? thread_activity::waiting_for_events : thread_activity::running;
#ifdef SYS_epoll_pwait2
    case SYS_epoll_pwait2:
      return call.arguments[3] == 0 ? thread_activity::waiting_for_events
                                    : thread_activity::running;
#endif
    default: return thread_activity::running;
  }
}

/// Whether the wait is for a timer that will go off.
bool waits_for_timer(const std::string& task, thread_activity activity, int fd) {
  if (activity == thread_activity::waiting_for_events) return watches_armed_timer(task, fd);
  return activity == thread_activity::waiting_to_read && is_armed_timer(task, fd);
}

/// Whether the wait has a limit that only its socket knows.
bool has_limit_of_socket(pid_t process, const thread_state& state) {
  if (state.fd < 0) return false;
  const bool sends = state.activity == thread_activity::waiting_to_write;
  return has_time_limit(process, state.fd, sends ? SO_SNDTIMEO : SO_RCVTIMEO);
}

bool has_descriptor(thread_activity activity) {
  return activity == thread_activity::waiting_to_read ||
         activity == thread_activity::waiting_to_write ||
         activity == thread_activity::waiting_to_accept;
}

thread_state read_state(const std::string& task, pid_t process, pid_t thread) {
  thread_state state{thread};
  const task_status status = status_of(task);
  state.context_switches = status.context_switches;
  state.asleep = status.state == 'S' || status.state == 'Z';
  if (status.state == 'T' || status.state == 't') return state;
  if (const auto call = current_system_call(task)) {
    const auto first = static_cast<int>(call->arguments[0]);
    state.activity = activity_of(*call);
    if (has_descriptor(state.activity)) state.fd = first;
    if (waits_for_timer(task, state.activity, first) ||
        (process == ::getpid() && has_limit_of_socket(process, state))) {
      state.activity = thread_activity::running;
      state.fd = -1;
    }
  }
  return state;
}

}  // namespace

std::string_view describe(thread_activity activity) {
  switch (activity) {
    case thread_activity::running: return "runs, or waits with a time limit";
    case thread_activity::waiting_on_futex:
      return "waits for a mutex, a condition variable or the end of a thread";
    case thread_activity::waiting_to_read: return "waits for bytes (recv)";
    case thread_activity::waiting_to_write: return "waits for room to send (send)";
    case thread_activity::waiting_to_accept: return "waits for a connection (accept)";
    case thread_activity::waiting_for_events: return "waits for an event (poll, epoll)";
  }
  return "";
}

std::vector<thread_state> read_thread_states(pid_t process) {
  std::vector<thread_state> states;
  const std::string tasks = fmt::format("/proc/{}/task", process);
  std::error_code gone;  // a thread, or the process, may end while we look
  for (const auto& entry : std::filesystem::directory_iterator(tasks, gone)) {
    const auto thread = static_cast<pid_t>(std::stol(entry.path().filename().string()));
    states.push_back(read_state(entry.path().string(), process, thread));
  }
  std::ranges::sort(states, {}, &thread_state::thread);
  return states;
}

std::vector<pid_t> child_processes(pid_t process) {
  std::vector<pid_t> children;
  std::error_code gone;
  for (const auto& task :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), gone)) {
    std::ifstream file(task.path() / "children");
    for (pid_t child = 0; file >> child;) children.push_back(child);
  }
  return children;
}

quiescence_detector::quiescence_detector(pid_t process, std::vector<pid_t> background)
    : process_(process), background_(std::move(background)) {}

std::optional<std::vector<thread_state>> quiescence_detector::look() {
  auto states = read_thread_states(process_);
  std::erase_if(states, [&](const thread_state& state) {
    return std::ranges::find(background_, state.thread) != background_.end();
  });
  const bool all_wait = !states.empty() && std::ranges::none_of(states, [](const auto& state) {
    return state.activity == thread_activity::running;
  });
  unchanged_ =
      all_wait && states == last_ && child_processes(process_).empty() ? unchanged_ + 1 : 0;
  last_ = std::move(states);
  if (unchanged_ < looks_needed) return std::nullopt;
  // Only now, when nobody is about to close a socket: a copy would keep it open.
  const bool one_ends = std::ranges::any_of(
      last_, [this](const thread_state& state) { return has_limit_of_socket(process_, state); });
  if (one_ends) return std::nullopt;
  return last_;
}

}  // namespace workbook
