// Experiment: a thread writes a message and sets a flag; another waits for the flag and reads.
// Build: tsan
// Run: -DPLAIN_FLAG
// Expect: exit 66
// Expect-output: WARNING: ThreadSanitizer: data race[\s\S]*^received 42$
// Run: -DRELAXED_FLAG
// Expect: exit 66
// Expect-output: data race[\s\S]*Read of size 4[\s\S]*receive[\s\S]*send[\s\S]*^received 42$
// Run:
// Expect: exit 0
// Expect-output: ^received 42$
// Look at: the variable of each report. A relaxed flag is not a race, but the message behind it is.
#include <atomic>
#include <iostream>
#include <thread>

int message = 0;  // written before `ready` is set, read after it has been seen
#ifdef PLAIN_FLAG
bool ready = false;
#else
std::atomic<bool> ready = false;
#endif

void send() {
  message = 42;
#ifdef RELAXED_FLAG
  ready.store(true, std::memory_order_relaxed);  // atomic, but it publishes nothing
#else
  ready = true;
#endif
}

void receive() {
  while (!ready) std::this_thread::yield();
  std::cout << "received " << message << '\n';
}

int main() {
  std::jthread sender(send);
  receive();
}
