#include "harness/threads/explore_child.hpp"

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <system_error>

#include "harness/story.hpp"
#include "harness/threads/scheduler.hpp"
#include "harness/threads/standstill.hpp"
#include "support/todo.hpp"

namespace workbook::harness::exploration {
namespace {

using steady = std::chrono::steady_clock;

/// Only one thread runs at a time, and handing over is much cheaper within one processor.
void stay_on_this_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<unsigned>(sched_getcpu()), &one);
  sched_setaffinity(0, sizeof one, &one);
}

[[noreturn]] void on_terminate() {
  scheduler* explorer = scheduler::mine();
  if (explorer == nullptr) std::abort();
  std::string why = " calls std::terminate: a joinable std::thread was destroyed or assigned to?";
  if (const std::exception_ptr thrown = std::current_exception()) {
    why = " ends the program: an exception that is no std::exception leaves it";
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      why = std::string(" ends the program, an exception leaves it: ") + error.what();
    } catch (...) {
    }
  }
  explorer->fail(explore_verdict::terminated, explorer->current_thread_name() + why);
}

/// Code that is still to be written is no failure of a schedule: it is named.
void on_todo(const not_implemented& stub) {
  note_unwritten(stub);
  if (scheduler* explorer = scheduler::mine()) {
    explorer->fail(explore_verdict::exception, stub.what());
  }
}

void silence_output() {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
}

class explorer_child {
 public:
  explorer_child(shared_state& shared, const child_task& task)
      : shared_(shared),
        task_(task),
        search_(shared, {task.options.preemptions, task.options.surprises}),
        scheduler_(shared, search_, task.options.max_steps, task.story) {}

  void run() {
    // What the body does only once (a static, the first exception) must not look like chance.
    search_.start_level(0);
    run_schedule();
    if (task_.one_schedule) {
      search_.replay(task_.answers);
      run_schedule();
      shared_.schedules = 1;
      return;
    }
    const int deepest = task_.options.preemptions + task_.options.surprises;
    for (int level = 0; level <= deepest; ++level) {
      const long before = shared_.schedules;
      if (!run_level(level)) return;
      // Without its last expense, a schedule that spends more would be one of this level.
      if (shared_.schedules == before) break;
    }
    shared_.complete = true;
  }

 private:
  /// False if a budget ended it.
  bool run_level(int level) {
    search_.start_level(level);
    do {
      if (shared_.schedules == task_.options.max_schedules) return false;
      if (steady::now() - start_ > task_.options.max_time) return false;
      run_schedule();
      // Schedules that spend less have been run, and counted, on an earlier level.
      if (search_.spent().total() == level) ++shared_.schedules;
    } while (search_.next());
    return true;
  }

  void run_schedule() {
    scheduler_.run_schedule(task_.body);
    if (task_.options.failed && task_.options.failed()) {
      scheduler_.fail(explore_verdict::check_failed, "an expectation of the test has failed");
    }
  }

  shared_state& shared_;
  const child_task& task_;
  const steady::time_point start_ = steady::now();
  schedule_search search_;
  scheduler scheduler_;
};

[[noreturn]] void child_main(shared_state& shared, const child_task& task) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::set_terminate(on_terminate);
  on_not_implemented = on_todo;
  stay_on_this_processor();
  if (task.story) silence_output();
  const auto child = std::make_unique<explorer_child>(shared, task);
  child->run();
  shared.finished = true;
  std::fflush(nullptr);
  _exit(0);
}

/// Waits for the end of `pid` and kills it when it takes no step any more. Looks often at first, so
/// that a short exploration ends at once, then every 5 ms: timed, so nobody takes us for hanging.
child_end await(pid_t pid, const shared_state& shared) {
  child_end end;
  standstill watched(pid, shared);
  auto pause = std::chrono::microseconds(50);
  while (waitpid(pid, &end.wait_status, WNOHANG) == 0) {
    const timespec rest{0, pause.count() * 1000};
    real().nanosleep(&rest, nullptr);
    pause = std::min(pause * 2, std::chrono::microseconds(5000));
    if (end.standstill.empty() && watched.look()) {
      end.standstill = watched.describe();
      kill(pid, SIGKILL);
    }
  }
  return end;
}

}  // namespace

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
