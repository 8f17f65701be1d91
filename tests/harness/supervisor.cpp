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
#include <new>

#include "harness/build_kind.hpp"
#include "harness/hang_report.hpp"
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
    std::exit(code);  // NOLINT(concurrency-mt-unsafe): the test has joined its threads, or died
  }
  return {child, std::move(read_end)};
}

/// Waits until the process has ended, at most 10 ms.
bool has_ended(const child_process& child) {
  pollfd alive{child.alive.get(), POLLIN, 0};
  return ::poll(&alive, 1, 10) > 0;
}

int end_and_collect(const child_process& child) {
  ::kill(-child.id, SIGKILL);
  int status = 0;
  while (::waitpid(child.id, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

verdict report_hang(const child_process& child, const std::vector<thread_state>& states,
                    const transcript& shared, steady_clock::duration waited) {
  const auto threads = find_stuck_threads(child.id, states, shared);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(waited).count();
  return {outcome::failed, fmt::format("hang, no thread can go on; seen after {} ms", ms),
          describe_threads(threads), hint_for_hang(threads)};
}

verdict report_deadline(const child_process& child, const transcript& shared) {
  const auto states = read_thread_states(child.id);
  const auto threads = find_stuck_threads(child.id, states, shared);
  return {outcome::failed, fmt::format("not finished after {} s", deadline_seconds),
          describe_threads(threads), hint_for_hang(threads)};
}

verdict watch(const child_process& child, const transcript& shared) {
  const auto begin = steady_clock::now();
  const auto deadline = begin + std::chrono::seconds(deadline_seconds);
  quiescence_detector detector(
      child.id, {shared.background_threads.begin(), shared.background_threads.end()});
  while (!has_ended(child)) {
    if (!shared.started) continue;
    if (const auto stuck = detector.look()) {
      const verdict result = report_hang(child, *stuck, shared, steady_clock::now() - begin);
      end_and_collect(child);
      return result;
    }
    if (steady_clock::now() > deadline) {
      const verdict result = report_deadline(child, shared);
      end_and_collect(child);
      return result;
    }
  }
  int status = 0;
  while (::waitpid(child.id, &status, 0) < 0 && errno == EINTR) {
  }
  ::kill(-child.id, SIGKILL);  // whatever the test has started and left behind
  return judge_exit(status, shared);
}

}  // namespace

bool supervise(const std::string& suite, const std::string& name) {
  transcript& shared = make_shared_transcript();
  std::fflush(nullptr);
  const child_process child = start_test(name, shared);
  const verdict result = watch(child, shared);
  fmt::print("{}", tell(fmt::format("{}.{}", suite, name), result, shared));
  std::fflush(stdout);
  ::munmap(&shared, sizeof(transcript));
  return result.result != outcome::failed;
}

}  // namespace workbook::harness
