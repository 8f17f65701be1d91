#include "harness/threads/explore_child.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <memory>
#include <numeric>
#include <system_error>

#include "harness/hang_report.hpp"
#include "harness/stacks.hpp"
#include "harness/story.hpp"
#include "harness/threads/scheduler.hpp"
#include "support/thread_states.hpp"
#include "support/thread_work.hpp"
#include "support/todo.hpp"

namespace workbook::harness::exploration {
namespace {

/// Of this process: on a busy machine it stands still while others run.
std::chrono::nanoseconds processor_time_used() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::nanoseconds(to_nanoseconds(used));
}

/// Only one thread runs at a time, and handing over is much cheaper within one processor.
void stay_on_this_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<unsigned>(sched_getcpu()), &one);
  sched_setaffinity(0, sizeof one, &one);
}

[[noreturn]] void on_terminate() {
  const auto explorer = scheduler::mine();
  if (!explorer) std::abort();
  explorer->fail(explore_verdict::terminated,
                 explorer->current_thread_name() + why_it_terminates());
}

/// Code that is still to be written is no failure of a schedule: it is named.
void on_todo(const not_implemented& stub) {
  note_unwritten(stub);
  if (const auto explorer = scheduler::mine()) {
    explorer->fail(explore_verdict::exception, stub.what());
  }
}

/// The other process would have one thread, and go on exploring with it.
void refuse_to_fork() {
  if (const auto explorer = scheduler::mine()) explorer->cannot_explore("fork");
}

void silence_output() {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
}

/// The runner of a body that has threads.
class threads_runner : public schedule_runner {
 public:
  threads_runner(shared_state& shared, schedule_search& search, const child_task& task)
      : body_(task.body), scheduler_(shared, search, task.options.max_steps, task.trace) {
    if (code_is_observed && task.options.leaves_out_known) search.leave_out_what_is_known();
    std::set_terminate(on_terminate);
    on_not_implemented = on_todo;
    answer_all_threads(calls_);
  }

  void run_schedule() override { scheduler_.run_schedule(body_); }
  void fail(explore_verdict verdict, const std::string& message) override {
    scheduler_.fail(verdict, message);
  }

 private:
  const std::function<void()>& body_;
  scheduler scheduler_;
  explored_calls calls_;
};

class explorer_child {
 public:
  explorer_child(shared_state& shared, const child_task& task)
      : shared_(shared),
        task_(task),
        search_(shared, {task.options.preemptions, task.options.surprises}),
        runner_(task.make_runner(shared, search_, task)) {}

  void run() {
    // What the body does only once (a static, the first exception) must not look like chance.
    run_schedule();
    if (task_.one_schedule) {
      search_.replay(task_.answers);
      run_schedule();
      shared_.schedules = 1;
      return;
    }
    search_.start();
    do {
      if (shared_.schedules == task_.options.max_schedules) return;
      if (processor_time_used() > task_.options.max_time) return;
      run_schedule();
      ++shared_.schedules;
    } while (search_.next());
    shared_.complete = true;
  }

 private:
  void run_schedule() {
    runner_->run_schedule();
    if (task_.options.failed && task_.options.failed()) {
      runner_->fail(explore_verdict::check_failed, "an expectation of the test has failed");
    }
  }

  shared_state& shared_;
  const child_task& task_;
  schedule_search search_;
  const std::unique_ptr<schedule_runner> runner_;
};

[[noreturn]] void child_main(shared_state& shared, const child_task& task) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pthread_atfork(refuse_to_fork, nullptr, nullptr);
  stay_on_this_processor();
  if (task.trace) silence_output();
  const auto child = std::make_unique<explorer_child>(shared, task);
  child->run();
  shared.finished = true;
  std::fflush(nullptr);
  _exit(0);
}

// Between two steps of a body lie microseconds. A sanitizer that writes its report takes longest.
constexpr std::chrono::milliseconds most_without_a_step(1500);  // of processor time
constexpr int looks_needed = 50;
// A thread that sleeps and looks again, outside of the explorer, wakes up so often.
constexpr std::uint64_t most_switches = 2000;

// The explorer itself takes some tens of MiB, most of it for the states that it knows.
constexpr std::uint64_t most_memory = 1U << 30U;

/// 0 where the kernel does not say. Source: proc(5), /proc/PID/statm.
std::uint64_t resident_bytes(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/statm", process));
  std::uint64_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t switches_in(const std::vector<thread_state>& states) {
  return std::accumulate(states.begin(), states.end(), std::uint64_t{0},
                         [](auto sum, const auto& state) { return sum + state.context_switches; });
}

/// All threads but the one that runs hold still in the scheduler itself.
bool waits_for_its_turn(const stuck_thread& thread) {
  return thread.frames.empty() ||
         thread.frames.front().path == "tests/harness/threads/explored_thread.hpp";
}

/// Decides that an exploring process takes no step any more: a thread goes round a loop, or all are
/// asleep where the explorer does not see it. Or that it takes memory without end. Only what the
/// process itself has done counts, so on a busy machine the decision comes later and is the same.
class stuck_watch {
 public:
  stuck_watch(pid_t process, const shared_state& shared);

  /// Takes a look; call it every few milliseconds. @returns whether there is no use in waiting.
  [[nodiscard]] bool look();

  /// Once there is none: which thread, how and where. "main waits in poll (FILE:LINE in f)".
  /// Blocks while addr2line(1) runs.
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] bool asleep() const { return asleep_; }

 private:
  pid_t process_;
  const shared_state& shared_;
  // When the last step was seen:
  std::uint64_t steps_ = 0;
  std::chrono::nanoseconds used_{};  // processor time until then
  std::uint64_t switches_ = 0;
  // Since then:
  std::vector<thread_state> states_;
  int looks_asleep_ = 0;
  bool asleep_ = false;
  bool too_large_ = false;
};

stuck_watch::stuck_watch(pid_t process, const shared_state& shared)
    : process_(process), shared_(shared) {}

bool stuck_watch::look() {
  too_large_ = resident_bytes(process_) > most_memory;
  if (too_large_) return true;
  const std::uint64_t steps = shared_.progress;
  const auto used = processor_time(process_);
  if (steps != steps_) {
    steps_ = steps;
    used_ = used;
    switches_ = 0;
    states_.clear();
    looks_asleep_ = 0;
    return false;
  }
  if (used - used_ >= most_without_a_step) return true;
  auto states = read_thread_states(process_);
  if (switches_ == 0) switches_ = switches_in(states);
  const bool all_asleep = !states.empty() && std::ranges::all_of(states, &thread_state::asleep);
  looks_asleep_ = all_asleep && states == states_ ? looks_asleep_ + 1 : 0;
  states_ = std::move(states);
  asleep_ = looks_asleep_ >= looks_needed || switches_in(states_) > switches_ + most_switches;
  return asleep_;
}

std::string stuck_watch::describe() const {
  const std::string name = shared_.threads[static_cast<std::size_t>(shared_.running)].name.data();
  const auto states = read_thread_states(process_);
  std::vector<pid_t> ids;
  for (const auto& state : states) ids.push_back(state.thread);
  request_stacks(process_, ids, current_transcript());
  const auto threads = find_stuck_threads(states, current_transcript());
  const auto thread = std::ranges::find_if_not(threads, waits_for_its_turn);
  const bool found = thread != threads.end();
  const std::string place = found ? place_of(thread->frames) : "(place unknown)";
  if (too_large_) return fmt::format("{} takes more than 1 GiB of memory at {}", name, place);
  if (!asleep_) return fmt::format("{} loops without taking a step at {}", name, place);
  const bool named = found && !thread->calls.empty();
  return fmt::format("{} waits in {} ({})", name, named ? thread->calls : "the kernel", place);
}

/// Waits for the end of `pid` and kills it when it takes no step any more. Looks often at first, so
/// that a short exploration ends at once, then every 5 ms: timed, so nobody takes us for hanging.
child_end await(pid_t pid, const shared_state& shared) {
  child_end end;
  stuck_watch watched(pid, shared);
  auto pause = std::chrono::microseconds(50);
  while (waitpid(pid, &end.wait_status, WNOHANG) == 0) {
    const timespec rest{0, pause.count() * 1000};
    real().nanosleep(&rest, nullptr);
    pause = std::min(pause * 2, std::chrono::microseconds(5000));
    if (end.stuck.empty() && watched.look()) {
      end.stuck = watched.describe();
      end.asleep = watched.asleep();
      kill(pid, SIGKILL);
    }
  }
  return end;
}

}  // namespace

std::string why_it_terminates() {
  const std::exception_ptr thrown = std::current_exception();
  if (!thrown) {
    return " calls std::terminate: a joinable std::thread was destroyed or assigned to?";
  }
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return std::string(" ends the program, an exception escapes from it: ") + error.what();
  } catch (...) {
    return " ends the program: an exception that is not a std::exception escapes from it";
  }
}

void end_child(shared_state& shared, explore_verdict verdict, const std::string& message) {
  shared.verdict = verdict;
  std::strncpy(shared.message.data(), message.c_str(), shared.message.size() - 1);
  std::fflush(nullptr);
  _exit(1);  // other threads may be stuck for good: there is nothing to unwind
}

child_task::runner_maker runner_of_threads() {
  return [](shared_state& shared, schedule_search& search, const child_task& task) {
    return std::make_unique<threads_runner>(shared, search, task);
  };
}

child_end run_child(shared_state& shared, const child_task& task) {
  // What we have not written yet would be written twice.
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid == 0) child_main(shared, task);
  return await(pid, shared);
}

}  // namespace workbook::harness::exploration

#endif
