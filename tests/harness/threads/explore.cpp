#include "harness/threads/explore.hpp"

#include <stdexcept>

#include "harness/threads/interpose.hpp"

#if WORKBOOK_INTERPOSE

#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <system_error>

#include "harness/story.hpp"
#include "harness/threads/explore_child.hpp"
#include "harness/threads/scheduler.hpp"
#include "harness/threads/story_columns.hpp"

namespace workbook::harness {
namespace {

using namespace exploration;

struct unmap {
  void operator()(shared_state* state) const { munmap(state, sizeof *state); }
};
using shared_memory = std::unique_ptr<shared_state, unmap>;

shared_memory share_memory() {
  void* memory = mmap(nullptr, sizeof(shared_state), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  shared_memory shared(new (memory) shared_state{});
  clock_gettime(CLOCK_REALTIME, &shared->realtime_start);
  clock_gettime(CLOCK_MONOTONIC, &shared->monotonic_start);
  return shared;
}

void require_single_thread() {
  int threads = 0;
  if (DIR* tasks = opendir("/proc/self/task")) {
    while (const dirent* task = readdir(tasks)) threads += task->d_name[0] != '.' ? 1 : 0;
    closedir(tasks);
  }
  if (threads > 1) {
    throw std::logic_error("explore() needs a process with one thread, this one has " +
                           std::to_string(threads));
  }
}

/// Puts what the child could not say for itself into `shared`.
void note_end(shared_state& shared, const child_end& end) {
  std::string message;
  if (end.stuck) {
    shared.verdict = explore_verdict::stuck;
    message = "the body spins, or waits for something that the explorer does not see";
  } else if (WIFSIGNALED(end.wait_status)) {
    shared.verdict = explore_verdict::crashed;
    message = std::string("the body crashed: ") + strsignal(WTERMSIG(end.wait_status));
  } else if (shared.verdict == explore_verdict::passed && WEXITSTATUS(end.wait_status) != 0) {
    shared.verdict = explore_verdict::crashed;
    message = "the body ended the process with exit status " +
              std::to_string(WEXITSTATUS(end.wait_status)) + "; a sanitizer says why above";
  }
  if (!message.empty()) {
    std::strncpy(shared.message.data(), message.c_str(), shared.message.size() - 1);
  }
}

/// Runs the failing schedule once more, recording it, and draws it.
std::string story_of(const shared_state& failing, const child_task& task) {
  const shared_memory again = share_memory();
  child_task retelling{task.options, task.body, true, true, answers_of(failing)};
  note_end(*again, run_child(*again, retelling));
  if (again->verdict != failing.verdict) {
    return "(the failure did not come back when this schedule was run once more)\n";
  }
  return draw_story(*again);
}

}  // namespace

explore_result explore(const explore_options& options, const std::function<void()>& body) {
  child_task task{options, body};
  task.one_schedule = !options.replay.empty();
  if (task.one_schedule) task.answers = answers_from(options.replay);
  require_single_thread();
  // The exploration has a limit of its own; the test's must not come first.
  allow_time(std::chrono::ceil<std::chrono::seconds>(3 * options.max_time));
  const auto start = std::chrono::steady_clock::now();
  const shared_memory shared = share_memory();
  note_end(*shared, run_child(*shared, task));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;

  explore_result result;
  result.verdict = shared->verdict;
  result.schedules = shared->schedules;
  result.all = shared->complete;
  result.seconds = taken.count();
  result.preemptions = options.preemptions;
  result.surprises = options.surprises;
  result.replayed = task.one_schedule;
  if (result.passed()) return result;
  result.schedules += task.one_schedule ? 0 : 1;
  result.message = shared->message.data();
  if (result.replayed && result.verdict == explore_verdict::nondeterministic) {
    result.message = "this schedule does not fit: it is one of other code, or of another scenario";
  }
  result.schedule = to_text(answers_of(*shared));
  result.story = story_of(*shared, task);
  return result;
}

bool exploring() { return scheduler::mine() != nullptr; }

void explore_check(bool holds, std::string_view message) {
  if (holds) return;
  if (scheduler* explorer = scheduler::mine()) {
    explorer->fail(explore_verdict::check_failed, std::string(message));
  }
  throw std::logic_error(std::string(message));
}

void explore_point(const char* label) {
  if (scheduler* explorer = scheduler::mine()) explorer->point(label);
}

void explore_name_thread(std::string_view name) {
  if (scheduler* explorer = scheduler::mine()) explorer->name_current_thread(name);
}

void explore_name(const void* object, std::string_view name) {
  if (scheduler* explorer = scheduler::mine()) explorer->name_object(object, name);
}

}  // namespace workbook::harness

#else  // the same interface, for builds that cannot explore

namespace workbook::harness {

explore_result explore(const explore_options& options, const std::function<void()>& /*body*/) {
  explore_result result;
  result.verdict = explore_verdict::unavailable;
  result.preemptions = options.preemptions;
  result.surprises = options.surprises;
  result.message = explore_unavailable_reason();
  return result;
}
bool exploring() { return false; }
void explore_check(bool holds, std::string_view message) {
  if (!holds) throw std::logic_error(std::string(message));
}
void explore_point(const char* /*label*/) {}
void explore_name_thread(std::string_view /*name*/) {}
void explore_name(const void* /*object*/, std::string_view /*name*/) {}

}  // namespace workbook::harness

#endif
