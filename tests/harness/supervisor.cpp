#include "harness/supervisor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <new>
#include <optional>

#include "harness/hang_hint.hpp"
#include "harness/hang_report.hpp"
#include "harness/stack_capture.hpp"
#include "harness/test_process.hpp"
#include "harness/verdict.hpp"
#include "net/system_call.hpp"
#include "net/unique_fd.hpp"

namespace workbook::harness {
namespace {

using std::chrono::steady_clock;

transcript& make_shared_transcript() {
  void* const memory = ::mmap(nullptr, sizeof(transcript), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw_errno("cannot map memory for the transcript");
  return *new (memory) transcript;
}

struct child_process {
  pid_t id = 0;
  unique_fd alive;  ///< becomes readable (end of file) when the process has ended
};

child_process start_test(const std::string& name, transcript& shared) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("cannot open a pipe");
  unique_fd read_end(ends[0]);
  unique_fd write_end(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) throw_errno("cannot start a process for the test");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // no test survives its supervisor
    ::setpgid(0, 0);                     // so that the supervisor can end all that it started
    read_end.reset();
    const int code = run_test_in_this_process(name, shared);
    std::exit(code);
  }
  return {child, std::move(read_end)};
}

/// Waits until the process has ended, at most 10 ms.
bool has_ended(const child_process& child) {
  pollfd alive{child.alive.get(), POLLIN, 0};
  if (::poll(&alive, 1, 10) > 0) return true;
  // A process that the test has forked may keep the pipe open.
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(child.id), &ended, WEXITED | WNOHANG | WNOWAIT);
  return ended.si_pid != 0;
}

int collect(const child_process& child) {
  int status = 0;
  while (::waitpid(child.id, &status, 0) < 0 && errno == EINTR) {
  }
  ::kill(-child.id, SIGKILL);  // whatever the test has started and left behind
  return status;
}

/// Source: clock_getcpuclockid(3).
std::chrono::milliseconds processor_time(const child_process& child) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(child.id, &clock) != 0) return {};
  ::clock_gettime(clock, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::milliseconds(used.tv_nsec / 1'000'000);
}

constexpr std::string_view busy_loop =
    "Busy loop: it goes round and round without an end. Look for a loop that goes on after a call "
    "has said 'nothing more' (0) or has failed.";

/// Ends the test and tells where its threads were.
verdict give_up(const child_process& child, const std::vector<thread_state>& states,
                const transcript& shared, std::string kind, std::string_view meaning = {}) {
  std::vector<pid_t> ids;
  for (const auto& state : states) ids.push_back(state.thread);
  request_stacks(child.id, ids, shared);
  ::kill(-child.id, SIGKILL);  // now, not after the report: the request has woken the threads
  collect(child);
  const auto threads = find_stuck_threads(states, shared);
  return {outcome::failed, std::move(kind), describe_threads(threads),
          meaning.empty() ? hint_for_hang(threads) : std::string(meaning)};
}

/// How long the test may take: longer than it was allowed if it works, if it waits for a process
/// that may, or if the machine is so busy that its threads get no processor.
std::chrono::milliseconds longest_time(const child_process& child,
                                       std::chrono::milliseconds allowed,
                                       std::chrono::milliseconds busy) {
  if (time_without_processor(child.id) >= allowed / 2) return 10 * allowed;
  if (busy >= allowed / 16 || has_child_process(child.id)) return 5 * allowed;
  return allowed;
}

verdict watch(const child_process& child, const transcript& shared) {
  const auto begin = steady_clock::now();
  std::optional<quiescence_detector> detector;
  while (!has_ended(child)) {
    if (shared.started && !detector) {
      detector.emplace(child.id, std::vector(shared.background_threads.begin(),
                                             shared.background_threads.end()));
    }
    const auto waited = steady_clock::now() - begin;
    if (const auto stuck = detector ? detector->look() : std::nullopt) {
      const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(waited).count();
      return give_up(child, *stuck, shared,
                     fmt::format("hang, no thread can go on; seen after {} ms", ms));
    }
    const std::chrono::milliseconds allowed = std::chrono::seconds(shared.seconds_allowed);
    const auto busy = processor_time(child);
    if (busy >= allowed / 2) {
      return give_up(child, read_thread_states(child.id), shared,
                     fmt::format("busy for {} ms of processor time", busy.count()), busy_loop);
    }
    if (waited >= allowed && waited >= longest_time(child, allowed, busy)) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited);
      return give_up(child, read_thread_states(child.id), shared,
                     fmt::format("not finished after {} s", seconds.count()));
    }
  }
  return judge_exit(collect(child), shared);
}

}  // namespace

outcome supervise(const std::string& suite, const std::string& name) {
  transcript& shared = make_shared_transcript();
  std::fflush(nullptr);
  const child_process child = start_test(name, shared);
  const verdict result = watch(child, shared);
  fmt::print("{}", tell(fmt::format("{}.{}", suite, name), result, shared));
  std::fflush(stdout);
  ::munmap(&shared, sizeof(transcript));
  return result.result;
}

}  // namespace workbook::harness
