#pragma once

#include <time.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "harness/threads/explore.hpp"

/// Everything one exploration knows, as plain data in memory that the exploring child process
/// shares with the test. So it outlives deadlocks, crashes and std::terminate in the child.
namespace workbook::harness::exploration {

enum class operation : std::uint8_t {
  begin,
  create,
  join,
  detach,
  end,
  lock,
  lock_shared,
  blocked,
  unlock,
  try_lock,
  try_lock_failed,
  wait,
  wake,
  wake_spuriously,
  time_out,
  notify_one,
  notify_all,
  destroy,
  once,
  acquire,
  arrive,
  atomic_wait,
  atomic_notify,
  yield,
  sleep,
  point,
  // Only where the code under test is observed:
  load,
  load_stale,  // of an older value than the newest
  store,
  change,  // a read-modify-write
  fence,
  look_again,  // a thread in a loop gives way
  turn_over,   // a thread that has run for long gives way
  read,        // of plain memory: told of only where it is one of two that collide
  write,
  give_out,
  give_back,
};

enum class run_state : std::uint8_t {
  ready,            // can run
  patient,          // gave way (yield, sleep): runs when nobody else can, or by an interruption
  wants_mutex,      // runs when it is free
  wants_to_read,    // a shared mutex: runs when nobody writes
  waits_condition,  // runs when notified; timed: also like `patient`
  waits_atomic,     // the same, in a futex
  joins,            // runs when the other has ended
  ended,
};

inline constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

[[nodiscard]] constexpr std::int64_t to_nanoseconds(const timespec& t) {
  return t.tv_sec * nanoseconds_per_second + t.tv_nsec;
}

[[nodiscard]] constexpr timespec to_timespec(std::int64_t nanoseconds) {
  return {nanoseconds / nanoseconds_per_second, nanoseconds % nanoseconds_per_second};
}

inline constexpr int nobody = -1;
inline constexpr std::int64_t no_deadline = -1;
using name_text = std::array<char, 40>;

struct thread_info {
  name_text name;
  run_state state;
  bool timed_out;
  bool joined_or_detached;
  const void* object;     // what it waits for
  const void* mutex;      // what a condition's waiter takes on waking
  int joins;              // the thread it joins
  std::int64_t deadline;  // in nanoseconds of the exploration's clock
  std::int64_t gave_way;  // order among patient threads
  int yields_in_a_row;
  bool spins;  // does not give way in these yields yet
  int steps;   // that it has taken …
  int turn;    // … and how many of them when its turn began
  int last_event;
};

enum class object_kind : std::uint8_t {
  mutex,
  shared_mutex,
  condition,
  atomic,
  once,
  semaphore,
  barrier,
  events,  // of the descriptors that an epoll watches
};

struct object_info {
  const void* address;
  object_kind kind;
  name_text name;         // "" until somebody names it
  int owner;              // of a mutex; who runs the function of a pthread_once
  int depth;              // of a recursive mutex
  std::uint64_t readers;  // of a shared mutex: a bit for each thread
  int expected;           // threads at a barrier
  int arrived;
  int notifications;  // of a condition
  int unheard;        // those that found no waiter
  int woken;          // threads that they woke
};

/// One that is not the most ordinary.
struct answer {
  std::uint32_t question;  // how many questions were asked before
  int pick;
};

/// One line of the trace; recorded only while a failing schedule is replayed.
struct event {
  operation what;
  bool interrupted;  // the thread of the line before could have gone on
  int thread;
  const void* object;
  int other;            // create, join: the other thread; notifications: how many were woken …
  int waiters;          // … of how many
  std::uint64_t value;  // of an atomic; of an access to memory, its size
  int frame_count;
  std::array<void*, 28> frames;
};

/// The memory in which two accesses collide: a part of a block that was allocated, of a thread's
/// stack, or neither.
struct raced_memory {
  const void* address;
  int stack_of;      // the thread, or nobody
  event allocation;  // `object` is the block, `value` its size; an event of nobody if it is unknown
};

inline constexpr int max_threads = 48;
inline constexpr int max_objects = 256;
inline constexpr int max_answers = 1 << 15;
inline constexpr int max_events = 1 << 12;  // the last ones are kept

struct shared_state {
  std::atomic<std::uint64_t>
      progress;  // steps in all schedules: stands still when the body is stuck
  long schedules;
  bool complete;
  bool finished;  // the exploration came to its own end
  explore_verdict verdict;
  std::array<char, 1024> message;

  timespec realtime_start, monotonic_start;  // what the clocks show at the start of a schedule

  int answer_count;  // of the current schedule
  std::array<answer, max_answers> answers;
  int running;  // the thread that takes the steps
  int thread_count;
  std::array<thread_info, max_threads> threads;
  int object_count;
  std::array<object_info, max_objects> objects;
  int event_count;  // all of them; only the last max_events are kept
  std::array<event, max_events> events;
  bool races;                   // two accesses to memory collide:
  std::array<event, 2> racing;  // `other` is the number of the event before which it was
  raced_memory raced;
  bool stale_values;  // in some schedule: a load might have returned an older value
};

}  // namespace workbook::harness::exploration
