// Experiment: an exception leaves a critical section half way.
// Build: tsan
// Expect: exit 0
// Expect-output: A \+ B = 900
// Look at: the lock is free, no tool complains, and 100 are gone.
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>

std::mutex mutex;  // guards both accounts
int account_a = 500;
int account_b = 500;  // invariant: account_a + account_b == 1000

void transfer(int amount) {
  const std::lock_guard lock(mutex);
  account_a -= amount;
  throw std::runtime_error("the disk is full");  // here the invariant is broken
  account_b += amount;
}

int main() {
  std::jthread([] {
    try {
      transfer(100);
    } catch (const std::exception& error) {
      std::cout << "transfer failed: " << error.what() << '\n';
    }
  }).join();
  std::jthread([] {
    const std::lock_guard lock(mutex);  // no poisoning: the next thread simply gets it
    std::cout << "A + B = " << account_a + account_b << ", expected 1000\n";
  }).join();
}
