#pragma once

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

#include <atomic>

#include "harness/threads/real_pthread.hpp"
#include "harness/threads/thread_ending.hpp"

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
