// Experiment: a value that lies inside its lock, and an address that leaves it.
// Build: tsan
// Run:
// Expect: exit 0
// Expect-output: ^served = 20000, expected 20000$
// Run: -DFORGET_THE_LOCK
// Expect: compile error
// Expect-output: private
// Run: -DKEEP_THE_ADDRESS
// Expect: exit 66
// Expect-output: WARNING: ThreadSanitizer: data race
// Look at: which mistake does not compile, and which one compiles without a word.
#include <iostream>
#include <mutex>
#include <thread>

template <typename T>
class guarded {
 public:
  auto with_lock(auto action) {
    const std::lock_guard lock(mutex_);
    return action(value_);
  }

 private:
  std::mutex mutex_;  // guards value_
  T value_{};
};

guarded<int> served;
int* const kept = served.with_lock([](int& count) { return &count; });

void careful() {
  for (int i = 0; i < 10'000; ++i) served.with_lock([](int& count) { ++count; });
}

void careless() {
#if defined FORGET_THE_LOCK
  for (int i = 0; i < 10'000; ++i) ++served.value_;
#elif defined KEEP_THE_ADDRESS
  for (int i = 0; i < 10'000; ++i) ++*kept;  // the lock was given back long ago
#else
  careful();  // after all
#endif
}

int main() {
  {
    std::jthread first(careful);
    std::jthread second(careless);
  }
  std::cout << "served = " << *kept << ", expected 20000\n";
}
