// Experiment: a race that is not a data race.
// Build: tsan
// Expect: exit 0
// Expect-output: ^seats left: -1$
// Look at: ThreadSanitizer is silent, and rightly so. Every access is atomic; the decision is not.
#include <atomic>
#include <barrier>
#include <iostream>
#include <thread>

int main() {
  std::atomic<int> seats = 1;
  std::barrier both_have_looked(2);  // forces the unlucky order, in every run
  const auto reserve = [&] {
    if (seats > 0) {
      both_have_looked.arrive_and_wait();
      --seats;
    }
  };
  {
    std::jthread first(reserve);
    std::jthread second(reserve);
  }
  std::cout << "seats left: " << seats << '\n';
}
