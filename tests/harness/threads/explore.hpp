#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace workbook::harness {

/// How far explore() goes.
struct explore_options {
  /// How often in one schedule a thread that could go on is interrupted. Most bugs need one or two.
  /// A timeout or a yielding thread that overtakes a thread that could run counts as one too.
  int preemptions = 2;
  /// How often in one schedule a wait returns for no reason, try_lock fails on a free mutex, or a
  /// load returns an older value than the newest. The standard allows all three.
  int surprises = 1;
  /// Both limits are the same on a busy machine and on a quiet one.
  long max_schedules = 50'000;
  std::chrono::milliseconds max_time{60'000};  // of processor time
  /// A schedule with more steps than this is a livelock: every thread that can run has had its turn
  /// again and again by then. At most 30 000.
  int max_steps = 4'000;
  /// Where the code under test is observed, a schedule that comes to a state which another one has
  /// come to runs to its end, but no others branch off from there.
  bool leaves_out_known = true;
  /// A schedule from an earlier result: run this one and no other.
  std::string replay = {};
  /// Asked after every schedule, by the exploring process: true is a failure.
  std::function<bool()> failed = {};
};

enum class explore_verdict {
  passed,
  deadlock,           // no thread can ever run again
  livelock,           // more than max_steps steps, or all threads look at what nobody will change
  check_failed,       // explore_check(false, …), or the options' `failed`
  exception,          // left the body
  terminated,         // std::terminate: an exception left a thread, a joinable std::thread died
  crashed,            // a signal, or a sanitizer's report
  unfinished_thread,  // still running, or neither joined nor detached, when the body returned
  use_after_destroy,  // of a condition variable, or its destruction under a waiter
  data_race,          // two accesses that nothing orders, one a write, one not atomic
  use_after_free,     // of memory that was given back before
  misuse,             // of a mutex, a condition variable, a descriptor, against their preconditions
  blocked,            // in a world: the program waits where nobody can wake it
  unanswered,         // in a world: a client waits for what does not come
  left_open,          // in a world: a descriptor, when the body returned
  nondeterministic,   // the body did different things under one and the same schedule
  no_verdict,         // the body cannot be explored; no failure
  unavailable,        // this build does not intercept pthread calls
};

/// What explore() found. A plain value.
struct explore_result {
  explore_verdict verdict = explore_verdict::passed;
  long schedules = 0;         // different ones run, the failing one included
  bool all = false;           // true: there are no others within `preemptions` and `surprises`
  bool stale_values = false;  // a load might have returned an older value than the newest
  bool replayed = false;      // one schedule from an earlier result, whatever it spends
  bool of_world = false;      // found by explore_world(): a schedule is an order of events
  double seconds = 0;
  int preemptions = 0;
  int surprises = 0;
  std::string message;   // what went wrong; "" when nothing did
  std::string schedule;  // of the failure, for explore_options::replay
  std::string trace;     // of the failure: a column per thread, a line per step, at most 40 lines

  [[nodiscard]] bool passed() const { return verdict == explore_verdict::passed; }
  [[nodiscard]] bool has_verdict() const {
    return verdict != explore_verdict::no_verdict && verdict != explore_verdict::unavailable;
  }
  /// "11 835 schedules, at most 2 preemptions, all of them: no failure". Where the code has memory
  /// orders that let a load return an older value, it says whether that was tried.
  [[nodiscard]] std::string summary() const;
};

/// Runs `body` under every schedule that the options allow, fewest interruptions first, and stops
/// at the first failure. One thread runs at a time. A schedule says which one goes on at each step:
/// a call on a std::mutex, std::shared_mutex, std::condition_variable, std::thread or std::jthread,
/// std::call_once, a yield, a sleep, a call on a sem_t or a pthread_barrier_t, or the sleeping half
/// of std::atomic::wait, std::counting_semaphore, std::latch, std::barrier and std::future. Which
/// waiter a notification wakes is tried out too. Time stands still: a timed wait or a sleep ends
/// because the schedule says so, and the clocks then show its end. A thread ends when its
/// thread_locals are destroyed and what it had to do at_thread_exit is done.
///
/// Schedules are fair: a thread that has gone on for a hundred steps lets the others run first, so a
/// loop that waits for another thread ends if that one brings about what it waits for.
///
/// In a program whose code under test is compiled for it (cmake/observed.cmake), each operation on a
/// std::atomic is a step too, and a load may return an older value where its order permits: one more
/// kind of surprise. Plain memory is watched: two accesses that nothing orders are a data_race, in
/// whatever schedule shows them, and the use of memory that was given back is a use_after_free. What
/// the standard permits beyond the order of the schedule is not tried out (memory_model.hpp), and
/// libraries are not observed.
///
/// In other programs, not tried out: an interruption between two plain memory accesses or two
/// operations on a std::atomic, and weak memory orders. A body that waits where the explorer cannot
/// see it, that runs round a loop without a step, or that is not the same under the same schedule,
/// gets no verdict.
///
/// `body` starts its threads itself, joins them, and depends on nothing but the schedule. It runs
/// thousands of times, in a child process: what it writes is lost, so it reports by explore_check()
/// or by throwing. In each schedule a thread_local is new.
///
/// @throws std::logic_error if the process has more than one thread (a fork would lose the others),
///   std::system_error if the OS refuses the child, std::invalid_argument for an unreadable replay.
/// Not thread-safe. Blocks until done, which takes hardly more processor time than max_time.
/// Source: CHESS (Musuvathi et al., OSDI 2008); its fairness, Musuvathi and Qadeer, PLDI 2008.
[[nodiscard]] explore_result explore(const explore_options& options,
                                     const std::function<void()>& body);

/// True while the calling thread runs under explore().
[[nodiscard]] bool exploring();

/// Unless `holds`, ends the exploration with check_failed and the trace of this schedule.
/// @throws std::logic_error instead if the calling thread is not explored.
void explore_check(bool holds, std::string_view message);

/// A step at which other threads may run, shown as `label` (a string literal). Does nothing outside
/// an exploration.
void explore_point(const char* label);

/// Name the calling thread, or a mutex or condition variable, for the trace. Without it a thread is
/// "thread 1" by order of creation and an object has the name it has in the source line.
void explore_name_thread(std::string_view name);
void explore_name(const void* object, std::string_view name);

/// Whether this build can explore, and if not the reason, for GTEST_SKIP().
[[nodiscard]] bool explore_available();
[[nodiscard]] const char* explore_unavailable_reason();

/// `defaults`, changed by the environment: WORKBOOK_EXPLORE_PREEMPTIONS, _SURPRISES, _SCHEDULES,
/// _SECONDS and _REPLAY. "+1" is one more than the default.
[[nodiscard]] explore_options with_environment(explore_options defaults);

}  // namespace workbook::harness
