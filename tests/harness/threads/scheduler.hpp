#pragma once

#include <pthread.h>
#include <semaphore.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "harness/system_calls.hpp"
#include "harness/threads/explored_thread.hpp"
#include "harness/threads/observed_memory.hpp"
#include "harness/threads/schedule_search.hpp"

namespace workbook::harness::exploration {

class scheduler;

/// The calling thread is inside its scheduler while this lives, if it has one: what the explorer
/// itself does is neither explored nor observed, also where it uses the same inline functions as
/// the code under test.
class scheduler_entry {
 public:
  explicit scheduler_entry(scheduler* entered);
  ~scheduler_entry();
  scheduler_entry(const scheduler_entry&) = delete;
  scheduler_entry& operator=(const scheduler_entry&) = delete;

  explicit operator bool() const { return entered_ != nullptr; }
  scheduler* operator->() const { return entered_; }
  scheduler& operator*() const { return *entered_; }

 private:
  scheduler* const entered_;
};

/// The way back into the code under test while this lives: for what the scheduler calls of it.
class scheduler_exit {
 public:
  scheduler_exit();
  ~scheduler_exit();
  scheduler_exit(const scheduler_exit&) = delete;
  scheduler_exit& operator=(const scheduler_exit&) = delete;
};

/// What a compare_exchange asks for.
struct exchange_orders {
  std::memory_order order;
  std::memory_order if_it_fails;
  bool weak;
};

/// Stands in for the kernel while a body is explored: decides at every step which thread goes on,
/// and keeps the state of mutexes and condition variables itself. The real ones are not touched.
/// Exactly one explored thread runs at a time, and only that one calls these functions, so nothing
/// here is locked. The pthread-like ones return what pthread functions return.
///
/// The rules of a schedule stand in scheduler.cpp; what the objects do lies beside the functions
/// that stand in front of them: thread_lifetime.cpp, mutexes.cpp, conditions.cpp, meetings.cpp,
/// events.cpp, time.cpp, waiting_loops.cpp, atomics.cpp, plain_memory.cpp and known_states.cpp.
class scheduler {
 public:
  /// `trace`: record every step with its call stack.
  scheduler(shared_state& shared, schedule_search& search, int max_steps, bool trace);

  /// The scheduler of the calling thread; none if that thread is not explored, or if it is in there
  /// already.
  [[nodiscard]] static scheduler_entry mine();

  /// Runs the body once, on the calling thread, under the search's present schedule. Does not
  /// return from a schedule that fails: ends the process, with the verdict in shared memory.
  void run_schedule(const std::function<void()>& body);
  [[noreturn]] void fail(explore_verdict verdict, const std::string& message);

  int create(pthread_t* handle, void* (*function)(void*), void* argument);
  int join(pthread_t handle);
  int detach(pthread_t handle);

  /// `deadline` in nanoseconds of the exploration's clock, or no_deadline.
  int lock(pthread_mutex_t* mutex, std::int64_t deadline = no_deadline);
  int try_lock(pthread_mutex_t* mutex);
  int unlock(pthread_mutex_t* mutex);

  int destroy(pthread_mutex_t* mutex);

  int lock(pthread_rwlock_t* lock, bool to_read, std::int64_t deadline = no_deadline);
  int try_lock(pthread_rwlock_t* lock, bool to_read);
  int unlock(pthread_rwlock_t* lock);

  int once(pthread_once_t* control, void (*function)());
  /// A function's static: whether the calling thread is to initialise it, and then to call
  /// end_static(). `stage` is 0 before, `there` afterwards.
  [[nodiscard]] bool begin_static(int* stage, int there);
  void end_static(int* stage, int reached, std::int64_t* guard);
  int wait(sem_t* semaphore, std::int64_t deadline);
  int try_wait(sem_t* semaphore);
  int post(sem_t* semaphore);
  int init(pthread_barrier_t* barrier, unsigned expected);
  int wait(pthread_barrier_t* barrier);

  int wait(pthread_cond_t* condition, pthread_mutex_t* mutex, std::int64_t deadline);
  int notify(pthread_cond_t* condition, bool all);
  int destroy(pthread_cond_t* condition);

  /// The two halves of futex(2). Return 0, EAGAIN or ETIMEDOUT; the number of woken.
  int atomic_wait(const int* word, int expected, std::int64_t deadline);
  int atomic_notify(const int* word, int at_most);

  /// Waits until `look` finds something, or the deadline. @returns what it has found.
  int wait_for_event(const std::function<int()>& look, std::int64_t deadline);
  /// Does what others may wait for.
  void cause_event(const std::function<void()>& act);

  /// Operations on atomics, from a place in the code; each is a step. `place.address` is accessed.
  memory::atomic_value load(const atomic_place& place, std::memory_order order,
                            std::uintptr_t code);
  void store(const atomic_place& place, std::memory_order order, memory::atomic_value value,
             std::uintptr_t code);
  /// @returns the value before.
  memory::atomic_value change(const atomic_place& place, std::memory_order order, change_kind how,
                              memory::atomic_value by, std::uintptr_t code);
  bool compare_exchange(const atomic_place& place, memory::atomic_value& expected,
                        const exchange_orders& orders, memory::atomic_value desired,
                        std::uintptr_t code);
  void fence(std::memory_order order);
  /// Memory is accessed or given back: no step.
  void access(const void* at, std::size_t size, memory::access_kind kind, std::uintptr_t code);
  void given_out(const void* at, std::size_t size);
  /// The calling thread comes from code that is not observed, and that may have stored in atomics.
  void did_unseen();

  void yield();
  void sleep_until(std::int64_t deadline) { give_way(operation::sleep, deadline); }
  void point(const char* label);

  /// What the calling thread has to do when it ends.
  [[nodiscard]] thread_ending& ending() { return crew_[static_cast<std::size_t>(running_)].ending; }
  /// For a call of which the explorer knows no model.
  [[noreturn]] void cannot_explore(const std::string& call);

  /// Nanoseconds since the present schedule began, for the calling thread.
  [[nodiscard]] std::int64_t look_at_clock();
  /// What `clock` showed when it began.
  [[nodiscard]] std::int64_t start_of(clockid_t clock) const;
  /// A point in time of `clock` as nanoseconds since then, never negative.
  [[nodiscard]] std::int64_t from_deadline(clockid_t clock, const timespec& deadline) const;

  void name_current_thread(std::string_view name);
  void name_object(const void* address, std::string_view name);
  [[nodiscard]] std::string current_thread_name();

 private:
  friend class scheduler_entry;
  friend class scheduler_exit;
  static constinit thread_local scheduler* explored_by;
  static constinit thread_local bool inside;

  struct continuation {
    int thread;
    bool preemption;
  };
  struct continuations {
    std::array<continuation, max_threads> all;
    int count = 0;
    void add(int thread, bool preemption) {
      all[static_cast<std::size_t>(count++)] = {thread, preemption};
    }
  };

  static void* serve(void* member);
  void end_thread();
  void end_body();
  void require_no_lock_held();
  void require_all_observed();

  // Choosing who goes on.
  void step(operation what);
  void dispatch();
  [[nodiscard]] continuations who_can_go_on();
  [[nodiscard]] bool enabled(const thread_info& thread);
  [[nodiscard]] bool only_by_time(const thread_info& thread);
  [[nodiscard]] int first_deadline();
  void require_news_for(const thread_info& thread);
  void resume(int thread);
  int choose(int options, int free, operation what);
  [[nodiscard]] bool surprise(operation what);
  void give_way(operation what, std::int64_t deadline);
  [[nodiscard]] bool turn_is_over();
  [[nodiscard]] int most_steps() const;
  int wake_waiters(object_info& object, run_state waiting, int at_most, operation what);
  static void wake(thread_info& waiter);
  [[nodiscard]] bool take(object_info& it, bool to_read, std::int64_t deadline);
  [[nodiscard]] bool try_take(object_info& it, bool to_read);
  void give_back(object_info& it);
  [[nodiscard]] bool sleep_on(const void* address, object_kind kind, std::int64_t deadline);

  // What is observed.
  [[nodiscard]] bool looks_again(const atomic_place& place, std::uintptr_t code);
  void forget_looks();
  [[nodiscard]] int choose_stale(std::uint32_t possible);
  memory::atomic_value load_from(const atomic_place& place, std::memory_order order, int back);
  void exchange(const atomic_place& place, std::memory_order order, memory::atomic_value after);
  [[nodiscard]] std::uint64_t traced_change(const atomic_place& place);
  void look_at_s(std::memory_order order);
  [[nodiscard]] std::uint64_t state();
  void note(operation what, const void* object, int other);
  void note_look(const void* object);
  void note_value(memory::atomic_value value);
  void acquires(const void* object, memory::hold how = memory::hold::alone);
  void releases(const void* object, memory::hold how = memory::hold::alone);
  [[nodiscard]] event event_here(operation what, const void* at, std::size_t size) const;
  [[nodiscard]] raced_memory look_up(std::uintptr_t address);
  void require_no_mutex_in(const void* block, std::size_t size);
  [[noreturn]] void fail_conflict(const memory::memory_conflict& found);

  // Looking things up.
  [[nodiscard]] thread_info& info(int thread);
  [[nodiscard]] thread_info& me();
  object_info& object(const void* address, object_kind kind);
  [[nodiscard]] object_info* find(const void* address);
  [[nodiscard]] bool is_free(const void* mutex, bool to_read = false);
  void grant(object_info& it, bool to_read);
  void release_for_wait(pthread_mutex_t* mutex);
  static void own_after_wait(pthread_mutex_t* mutex);
  void require_same_mutex(const pthread_cond_t* condition, const pthread_mutex_t* mutex);
  void require_unlocked(object_info& it);
  [[nodiscard]] int thread_of(pthread_t handle);

  /// The scheduler itself never looks into an object. This lets a sanitizer see that it is used.
  void touch(const void* object) {
    static_cast<void>(*static_cast<const volatile char*>(object));
    access(object, 1, memory::access_kind::atomic_read, 0);
  }

  void record(operation what, const void* object = nullptr, int other = nobody, int waiters = 0);

  shared_state& shared_;
  schedule_search& search_;
  const int max_steps_;
  const bool trace_;

  int running_ = nobody;
  int steps_ = 0;
  bool interrupted_ = false;
  std::int64_t now_ = 0;  // nanoseconds since the schedule began; moved by timeouts and sleeps
  std::int64_t ways_given_ = 0;
  operation about_to_ = operation::begin;
  std::array<crew_member, max_threads> crew_;
  const std::unique_ptr<observed_memory> memory_;  // null where the code is not observed
};

/// What answers the system calls of explored threads. Of no account until one of them has made an
/// epoll or an eventfd.
class explored_calls final : public system_calls {
 public:
  int epoll_create(int flags) override;
  int eventfd(unsigned value, int flags) override;
  ssize_t send(int socket, const msghdr& message, int flags) override;
  ssize_t read(int fd, void* buffer, std::size_t length) override;
  ssize_t write(int fd, const void* buffer, std::size_t length) override;
  int shutdown(int socket, int how) override;
  int close(int fd) override;
  int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override;
  int epoll_wait(int epoll, epoll_event* events, int count, int timeout) override;
  int timerfd_create(clockid_t clock, int flags) override;

 private:
  [[nodiscard]] scheduler_entry explorer() const;

  bool has_events_ = false;  // stays so for all schedules
};

}  // namespace workbook::harness::exploration
