#include "harness/supervisor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <new>
#include <optional>
#include <utility>

#include "harness/hang_report.hpp"
#include "harness/io_probes.hpp"
#include "harness/memory_report.hpp"
#include "harness/process_state.hpp"
#include "harness/sanitizers.hpp"
#include "harness/stacks.hpp"
#include "harness/test_process.hpp"
#include "harness/test_record.hpp"
#include "net/system_call.hpp"
#include "net/unique_fd.hpp"
#include "support/thread_work.hpp"

namespace workbook::harness {
namespace {

using std::chrono::steady_clock;

transcript& make_shared_transcript() {
  void* const memory = ::mmap(nullptr, sizeof(transcript), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw_errno("cannot map memory for the transcript");
  return *new (memory) transcript;
}

/// What a test's process prints: kept in memory, and shown with its story. A test that prints without
/// an end is refused what goes beyond 16 MiB.
class captured_output {
 public:
  captured_output() : file_(::memfd_create("printed", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    if (file_.get() < 0) throw_errno("cannot keep what a test prints");
    constexpr off_t most = 16 << 20;
    if (::ftruncate(file_.get(), most) != 0) throw_errno("cannot keep what a test prints");
    ::fcntl(file_.get(), F_ADD_SEALS, F_SEAL_GROW);
  }

  /// In the test's process: whatever is printed from here on is kept, line by line.
  void capture() const {
    ::dup2(file_.get(), STDOUT_FILENO);
    ::dup2(file_.get(), STDERR_FILENO);
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  }

  [[nodiscard]] std::string text() const {
    // The place where the next byte would be written is common to both processes.
    std::string text(static_cast<std::size_t>(::lseek(file_.get(), 0, SEEK_CUR)), '\0');
    if (::pread(file_.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
      throw_errno("cannot read what a test has printed");
    }
    return text;
  }

 private:
  unique_fd file_;
};

struct started_test {
  pid_t id = 0;
  unique_fd alive;  ///< becomes readable (end of file) when the process has ended
};

started_test start_test(const std::string& name, const std::string& proof, transcript& shared,
                        const captured_output& printed) {
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
    printed.capture();
    const int code = run_test_in_this_process(name, shared, proof);
    std::exit(code);
  }
  return {child, std::move(read_end)};
}

/// Waits until the process has ended, at most `limit`.
bool has_ended(const started_test& child, std::chrono::milliseconds limit) {
  pollfd alive{child.alive.get(), POLLIN, 0};
  if (::poll(&alive, 1, static_cast<int>(limit.count())) > 0) return true;
  // A process that the test has forked may keep the pipe open.
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(child.id), &ended, WEXITED | WNOHANG | WNOWAIT);
  return ended.si_pid != 0;
}

int collect(const started_test& child) {
  int status = 0;
  while (::waitpid(child.id, &status, 0) < 0 && errno == EINTR) {
  }
  ::kill(-child.id, SIGKILL);  // whatever the test has started and left behind
  return status;
}

constexpr std::string_view busy_loop =
    "Busy loop: a loop runs for ever. Does one go on after a call has said 'nothing more' (0) or "
    "has failed? Or does one look again and again for what another thread has to bring about? It "
    "should sleep until then; and perhaps it never comes.";

/// Ends the test and tells where its threads were.
verdict give_up(const started_test& child, const std::vector<thread_state>& states,
                const transcript& shared, std::string kind, std::string_view meaning = {}) {
  std::vector<pid_t> ids;
  for (const auto& state : states) ids.push_back(state.thread);
  request_stacks(child.id, ids, shared);
  ::kill(-child.id, SIGKILL);  // now, not after the report: the request has woken the threads
  collect(child);
  const auto threads = find_stuck_threads(states, shared);
  return {test_status::failed, std::move(kind), describe_threads(threads),
          meaning.empty() ? hint_for_hang(threads) : std::string(meaning), test_end::hung};
}

/// @returns the processor time of a process and of those that it has started and that still exist.
std::chrono::nanoseconds processor_time_of_all(pid_t process) {
  auto sum = processor_time(process);
  for (const pid_t child : child_processes(process)) sum += processor_time_of_all(child);
  return sum;
}

/// Waits for the end of the test, or ends it. Puts the largest part of its processor time that it
/// was seen to use into `used_percent`.
verdict watch(const started_test& child, const transcript& shared, int& used_percent) {
  // A look at a socket of the test closes a copy of it. The next test, which this process forks,
  // begins with the counts that it finds here.
  const unprobed_calls own;
  lived_time time;
  std::optional<quiescence_detector> detector;
  idle_time idle(child.id);
  std::chrono::milliseconds pause(10);
  while (!has_ended(child, pause)) {
    const auto look_begins = steady_clock::now();
    if (shared.started && !detector) {
      detector.emplace(child.id, std::vector(shared.background_threads.begin(),
                                             shared.background_threads.end()));
    }
    const auto waited = time.look();
    if (const auto stuck = detector ? detector->look() : std::nullopt) {
      const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(waited).count();
      return give_up(child, *stuck, shared,
                     fmt::format("hang, no thread can go on; seen after {} ms", ms));
    }
    const std::chrono::milliseconds allowed = std::chrono::seconds(shared.seconds_allowed);
    const auto busy =
        std::chrono::duration_cast<std::chrono::milliseconds>(processor_time(child.id));
    used_percent = std::max(used_percent, static_cast<int>(200 * busy / allowed));
    if (busy >= allowed / 2) {
      return give_up(child, read_thread_states(child.id), shared,
                     fmt::format("busy for {} ms of processor time", busy.count()), busy_loop);
    }
    const bool too_idle = idle.look(time.last_step()) >= allowed;
    if (too_idle || processor_time_of_all(child.id) >= 5 * allowed) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited);
      return give_up(child, read_thread_states(child.id), shared,
                     fmt::format("not finished after {} s", seconds.count()));
    }
    // Many threads take long to look at, and on a busy machine that time is theirs.
    const auto look = steady_clock::now() - look_begins;
    pause = std::clamp(std::chrono::duration_cast<std::chrono::milliseconds>(4 * look),
                       std::chrono::milliseconds(10), std::chrono::milliseconds(50));
  }
  return judge_exit(collect(child), shared);
}

}  // namespace

test_record supervise(const std::string& suite, const std::string& name, const std::string& proof) {
  transcript& shared = make_shared_transcript();
  std::fflush(nullptr);
  const auto begin = steady_clock::now();
  const captured_output printed;
  const started_test child = start_test(name, proof, shared, printed);
  int used_percent = 0;
  verdict ending = watch(child, shared, used_percent);
  test_record record = record_of(fmt::format("{}.{}", suite, name), std::move(ending), shared);
  record.time = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin);
  record.used_percent = used_percent;
  record.printed = printed.text();
  if (record.ending.cause.empty()) record.ending.cause = hint_for_memory_report(record.printed);
  ::munmap(&shared, sizeof(transcript));
  return record;
}

}  // namespace workbook::harness
