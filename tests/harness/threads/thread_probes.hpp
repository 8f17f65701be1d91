#pragma once

#include <functional>

/// Questions and accidents for the threads of the code under test, unmodified as it is: the test
/// program's own pthread_* functions (interpose.hpp) count, hold and refuse.
/// Available in plain and address-sanitizer builds on glibc; where available() is false the counts
/// stay 0 and the classes do nothing, so a test that needs them says GTEST_SKIP() with the reason.
/// Thread-safe, but at most one object of each class lives at a time. Threads under explore() are
/// not counted.
namespace workbook::harness::thread_probes {

[[nodiscard]] bool available();
[[nodiscard]] const char* unavailable_reason();

/// Calls since the program began. Compare two of them.
struct call_counts {
  long created = 0;  // pthread_create that succeeded
  long refused = 0;  // pthread_create that failed, by fail_thread_creation or by the system
  long joined = 0;
  long detached = 0;                // by pthread_detach, or from the start
  long waits = 0;                   // pthread_cond_wait and the timed ones
  long notify_one = 0;              // pthread_cond_signal
  long notify_all = 0;              // pthread_cond_broadcast
  long sleeps = 0;                  // nanosleep and clock_nanosleep
  long destroyed_under_waiter = 0;  // pthread_cond_destroy with a thread asleep on it
};
[[nodiscard]] call_counts counts();

/// Mutexes that the calling thread holds now. Asked inside a job it shows a lock held across it.
[[nodiscard]] int held_mutexes();
/// Threads inside pthread_cond_wait or a timed one now.
[[nodiscard]] int waiting_threads();

/// While it lives, the k-th creation of a thread counted from here (1 is the next) fails with
/// EAGAIN, so std::thread throws std::system_error. The others succeed.
class fail_thread_creation {
 public:
  explicit fail_thread_creation(int k);
  ~fail_thread_creation();
  fail_thread_creation(const fail_thread_creation&) = delete;
  fail_thread_creation& operator=(const fail_thread_creation&) = delete;

  [[nodiscard]] bool happened() const;
};

/// While it lives and is not open, every new thread is held before its first instruction.
/// The destructor opens it.
class thread_start_gate {
 public:
  thread_start_gate();
  ~thread_start_gate();
  thread_start_gate(const thread_start_gate&) = delete;
  thread_start_gate& operator=(const thread_start_gate&) = delete;

  /// Lets all threads go, those of the future too.
  void open();
  [[nodiscard]] int held() const;
  /// Blocks until `threads` threads are held.
  void wait_until_held(int threads) const;
};

/// While it lives, `hook` runs in every thread that has just created another. By waiting it gives
/// the new thread a head start: what can go wrong because it runs too early goes wrong. The hook
/// must not throw, and must have returned everywhere before the object dies. Threads that are
/// created within the hook do not call it again.
class after_creation {
 public:
  explicit after_creation(std::function<void()> hook);
  ~after_creation();
  after_creation(const after_creation&) = delete;
  after_creation& operator=(const after_creation&) = delete;

 private:
  const std::function<void()> hook_;
};

/// While it lives, `hook` runs in every thread that is about to sleep on a condition variable:
/// after it has tested its condition, before it gives the mutex back. Waits within the hook do not
/// call it again. The hook must have returned everywhere before the object dies.
class before_sleep {
 public:
  explicit before_sleep(std::function<void()> hook);
  ~before_sleep();
  before_sleep(const before_sleep&) = delete;
  before_sleep& operator=(const before_sleep&) = delete;

 private:
  const std::function<void()> hook_;
};

/// While it lives, the next wait on a condition variable returns at once, once, without notice.
class spurious_wakeup {
 public:
  spurious_wakeup();
  ~spurious_wakeup();
  spurious_wakeup(const spurious_wakeup&) = delete;
  spurious_wakeup& operator=(const spurious_wakeup&) = delete;

  [[nodiscard]] bool happened() const;
};

}  // namespace workbook::harness::thread_probes
