#pragma once

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

#include <atomic>
#include <cstddef>
#include <vector>

#include "harness/threads/interpose.hpp"

/// The real threads that serve the threads of a body under explore(), schedule after schedule.
namespace workbook::harness::exploration {

/// What a thread needs to go on. Whoever passes it sleeps on their own until it comes back.
class baton {
 public:
  void give() {
    there_.store(1);
    real().syscall(SYS_futex, word(), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
  /// Blocks until it is given.
  void take() {
    while (there_.exchange(0) == 0) {
      real().syscall(SYS_futex, word(), FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
    }
  }

 private:
  int* word() { return reinterpret_cast<int*>(&there_); }
  std::atomic<int> there_{0};
};

/// What the end of a thread is for its code, in a real thread that goes on: the destructors of its
/// thread_locals run, those of the values that it keeps under keys (the standard library's
/// ..._at_thread_exit is one), and after that its thread_locals are as in a new thread.
/// Belongs to one thread.
class thread_ending {
 public:
  /// Call it in that thread, before the code under test: this is how thread_locals look when new.
  void begin();

  void add_destructor(void (*function)(void*), void* object) {
    destructors_.push_back({function, object});
  }
  void add_key(pthread_key_t key) { keys_.push_back(key); }

  /// Runs what was added, in the order of a real end. Source: pthread_exit(3),
  /// pthread_key_create(3)
  void run_duties();
  void renew_thread_locals();

 private:
  struct destructor {
    void (*function)(void*);
    void* object;
  };
  void run_key_destructors();

  std::vector<destructor> destructors_;
  std::vector<pthread_key_t> keys_;
  std::byte* thread_locals_ = nullptr;  // of the program itself, not those of libraries
  std::vector<std::byte> as_new_;
};

/// To be called for every key of the process, by whichever thread: what destroys its values.
void remember_key(pthread_key_t key, void (*destructor)(void*));

/// One real thread of the exploring process. It serves the thread of this number in every schedule:
/// creating threads anew would take most of the time. Member 0 is the thread that runs the body.
struct crew_member {
  pthread_t handle{};
  bool exists = false;
  baton turn;
  void* (*function)(void*) = nullptr;
  void* argument = nullptr;
  thread_ending ending;
};

}  // namespace workbook::harness::exploration
