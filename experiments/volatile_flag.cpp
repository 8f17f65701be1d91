// Experiment: a flag and a counter, volatile and atomic.
// Build: tsan
// Run: -DUSE_VOLATILE
// Expect: exit 66
// Expect-output: WARNING: ThreadSanitizer: data race
// Run:
// Expect: exit 0
// Expect-output: ^the page has 42 bytes\nhits = \d+ of 200000$
// Look at: the second run has no data race. Is its last line right? Run it a few times.
#include <atomic>
#include <iostream>
#include <thread>

#ifdef USE_VOLATILE
using flag = volatile bool;  // "do not optimise": nothing about threads
using counter = volatile int;
#else
using flag = std::atomic<bool>;
using counter = std::atomic<int>;
#endif

int page_size = 0;  // written before `ready` is set, read after it has been seen
flag ready = false;
counter hits = 0;

void count() {
  for (int i = 0; i < 100'000; ++i) hits = hits + 1;
}

int main() {
  {
    std::jthread loader([] {
      page_size = 42;
      ready = true;
    });
    while (!ready) std::this_thread::yield();
    std::cout << "the page has " << page_size << " bytes\n";
  }
  {
    std::jthread first(count);
    std::jthread second(count);
  }
  std::cout << "hits = " << hits << " of 200000\n";
}
