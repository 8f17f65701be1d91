// Experiment: a lock that Clang understands, and what it still does not see.
// Build: thread-safety
// Run:
// Expect: exit 0
// Run: -DFORGET_THE_LOCK
// Expect: compiler warnings
// Expect-output: requires holding mutex 'served_lock' exclusively
// Run: -DKEEP_THE_ADDRESS
// Expect: exit 0
// Look at: the second run does not get past the compiler. The third one is the same mistake.
#include <mutex>

class __attribute__((capability("mutex"))) annotated_mutex {
 public:
  void lock() __attribute__((acquire_capability())) { mutex_.lock(); }
  void unlock() __attribute__((release_capability())) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class __attribute__((scoped_lockable)) annotated_guard {
 public:
  explicit annotated_guard(annotated_mutex& mutex) __attribute__((acquire_capability(mutex)))
  : mutex_(mutex) {
    mutex_.lock();
  }
  ~annotated_guard() __attribute__((release_capability())) { mutex_.unlock(); }

 private:
  annotated_mutex& mutex_;
};

annotated_mutex served_lock;
int served __attribute__((guarded_by(served_lock))) = 0;

int* address_of_served() {
  const annotated_guard guard(served_lock);
  return &served;
}

int main() {
#if defined FORGET_THE_LOCK
  ++served;
#elif defined KEEP_THE_ADDRESS
  ++*address_of_served();
#else
  const annotated_guard guard(served_lock);
  ++served;
#endif
}
