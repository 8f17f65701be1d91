#include "harness/threads/explore.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "harness/threads/interpose.hpp"

namespace workbook::harness {
namespace {

/// 11835 as "11 835".
std::string with_thin_groups(long number) {
  std::string digits = std::to_string(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ' ');
  }
  return digits;
}

std::string counted(long number, std::string_view noun) {
  return fmt::format("{} {}{}", with_thin_groups(number), noun, number == 1 ? "" : "s");
}

/// A number with a plus sign is added to `otherwise`.
/// @throws std::invalid_argument unless the variable is unset or a number from 0 to 1 000 000 000.
long from_environment(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  if (text == nullptr) return otherwise;
  char* end = nullptr;
  const long number = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || number < 0 || number > 1'000'000'000) {
    throw std::invalid_argument(fmt::format("{}={} is not a number", name, text));
  }
  return *text == '+' ? otherwise + number : number;
}

}  // namespace

bool explore_available() { return WORKBOOK_INTERPOSE != 0; }
const char* explore_unavailable_reason() { return interposing_unavailable_reason(); }

explore_options with_environment(explore_options defaults) {
  explore_options o = std::move(defaults);
  o.preemptions = static_cast<int>(from_environment("WORKBOOK_EXPLORE_PREEMPTIONS", o.preemptions));
  o.surprises = static_cast<int>(from_environment("WORKBOOK_EXPLORE_SURPRISES", o.surprises));
  o.max_schedules = from_environment("WORKBOOK_EXPLORE_SCHEDULES", o.max_schedules);
  const long ms = static_cast<long>(o.max_time.count());
  const long seconds = from_environment("WORKBOOK_EXPLORE_SECONDS", -1);
  o.max_time = std::chrono::milliseconds(seconds < 0 ? ms : seconds * 1000);
  if (const char* replay = std::getenv("WORKBOOK_EXPLORE_REPLAY")) o.replay = replay;
  return o;
}

std::string explore_result::summary() const {
  if (verdict == explore_verdict::unavailable) return "not explored: " + message;
  if (verdict == explore_verdict::no_verdict) return "cannot be explored: " + message;
  const std::string_view one = of_world ? "order" : "schedule";
  const std::string bound =
      fmt::format("at most {}{}", counted(preemptions, of_world ? "interruption" : "preemption"),
                  surprises > 0 ? " and " + counted(surprises, "surprise") : "");
  if (replayed) {
    return fmt::format("this one {}: {}", one, passed() ? "no failure" : "fails, " + message);
  }
  if (!passed()) {
    return fmt::format("{} {} of those with {} fails: {}", one, with_thin_groups(schedules), bound,
                       message);
  }
  if (all)
    return fmt::format("{}, {}, all of them: no failure", counted(schedules, one), bound);
  return fmt::format("the first {}, {}, budget reached, there are more: no failure so far",
                     counted(schedules, one), bound);
}

}  // namespace workbook::harness

#if WORKBOOK_INTERPOSE

#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>

#include "harness/sanitizers.hpp"
#include "harness/story.hpp"
#include "harness/threads/explore_child.hpp"
#include "harness/threads/scheduler.hpp"
#include "harness/threads/trace.hpp"

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

bool blamed_by_sanitizer(const child_end& end) {
  return WIFEXITED(end.wait_status) && WEXITSTATUS(end.wait_status) == exit_code::address_sanitizer;
}

/// Puts what the child could not say for itself into `shared`.
void note_end(shared_state& shared, const child_task& task, const child_end& end) {
  const auto note = [&](explore_verdict verdict, const std::string& message) {
    shared.verdict = verdict;
    std::strncpy(shared.message.data(), message.c_str(), shared.message.size() - 1);
  };
  if (!end.stuck.empty()) {
    // In a world nobody else could wake the program, or change what it looks at.
    note(!task.of_world ? explore_verdict::no_verdict
         : end.asleep   ? explore_verdict::blocked
                        : explore_verdict::livelock,
         end.stuck);
  } else if (WIFSIGNALED(end.wait_status)) {
    note(explore_verdict::crashed,
         std::string("the body crashed: ") + strsignal(WTERMSIG(end.wait_status)));
  } else if (shared.verdict != explore_verdict::passed || shared.finished) {
    return;
  } else if (blamed_by_sanitizer(end)) {
    note(explore_verdict::crashed, "the body ended the process; a sanitizer says why above");
  } else {
    note(explore_verdict::terminated, "the body ended the process, with exit status " +
                                          std::to_string(WEXITSTATUS(end.wait_status)));
  }
}

/// Runs the failing schedule again, recording it, and draws it: nothing if the failure does not
/// come back.
std::optional<std::string> trace_of(const shared_state& failing, const child_task& task) {
  child_task again_traced = task;
  again_traced.trace = true;
  again_traced.one_schedule = true;
  again_traced.answers = answers_of(failing);
  for (int attempt = 0; attempt < 3; ++attempt) {
    const shared_memory again = share_memory();
    note_end(*again, task, run_child(*again, again_traced));
    if (again->verdict == failing.verdict) return task.draw(*again);
  }
  return std::nullopt;
}

/// A schedule that has failed: its trace. What does not come back is no failure of the schedule.
void tell_failure(explore_result& result, const shared_state& shared, const child_task& task,
                  bool proved_by_sanitizer) {
  result.schedules += task.one_schedule ? 0 : 1;
  result.schedule = to_text(answers_of(shared));
  if (const auto trace = trace_of(shared, task)) {
    result.trace = *trace;
  } else if (proved_by_sanitizer) {
    result.trace = "(it did not crash when this schedule was run again)\n";
  } else {
    result.verdict = explore_verdict::no_verdict;
    result.message =
        "a failure did not come back when its schedule was run again: " + result.message;
  }
}

}  // namespace

explore_result explore(const explore_options& options, const std::function<void()>& body) {
  return explore_in_child({options, body, runner_of_threads(), draw_trace});
}

explore_result exploration::explore_in_child(child_task task) {
  const explore_options& options = task.options;
  task.one_schedule = !options.replay.empty();
  if (task.one_schedule) task.answers = answers_from(options.replay);
  require_single_thread();
  // The exploration has a limit of its own; the test's must not come first.
  allow_time(std::chrono::ceil<std::chrono::seconds>(3 * options.max_time));
  const auto start = std::chrono::steady_clock::now();
  const shared_memory shared = share_memory();
  const child_end end = run_child(*shared, task);
  note_end(*shared, task, end);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;

  explore_result result;
  result.verdict = shared->verdict;
  result.schedules = shared->schedules;
  result.all = shared->complete;
  result.seconds = taken.count();
  result.preemptions = options.preemptions;
  result.surprises = options.surprises;
  result.replayed = task.one_schedule;
  result.of_world = task.of_world;
  result.message = shared->message.data();
  if (result.verdict == explore_verdict::nondeterministic) {
    if (result.replayed) {
      result.message =
          "this schedule does not fit: it is one of other code, or of another scenario";
    } else {
      result.verdict = explore_verdict::no_verdict;
    }
  }
  if (!result.passed() && result.has_verdict()) {
    tell_failure(result, *shared, task, blamed_by_sanitizer(end));
  }
  return result;
}

bool exploring() { return static_cast<bool>(scheduler::mine()); }

void explore_check(bool holds, std::string_view message) {
  if (holds) return;
  if (const auto explorer = scheduler::mine()) {
    explorer->fail(explore_verdict::check_failed, std::string(message));
  }
  throw std::logic_error(std::string(message));
}

void explore_point(const char* label) {
  if (const auto explorer = scheduler::mine()) explorer->point(label);
}

void explore_name_thread(std::string_view name) {
  if (const auto explorer = scheduler::mine()) explorer->name_current_thread(name);
}

void explore_name(const void* object, std::string_view name) {
  if (const auto explorer = scheduler::mine()) explorer->name_object(object, name);
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
