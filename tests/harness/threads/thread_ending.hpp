#pragma once

#include <pthread.h>

#include <cstddef>
#include <vector>

namespace workbook::harness::exploration {

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

}  // namespace workbook::harness::exploration
