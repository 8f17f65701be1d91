// Experiment: four threads count in one captured int.
// Build: tsan
// Expect: exit 66
// Expect-output: WARNING: ThreadSanitizer: data race
// Look at: the two stacks of the first report. Both end in the lambda: nobody owns `active`.
#include <iostream>
#include <thread>
#include <vector>

int main() {
  int active = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&active] {
        for (int n = 0; n < 10'000; ++n) {
          ++active;
          --active;
        }
      });
    }
  }  // every thread is joined here
  std::cout << "active = " << active << ", expected 0\n";
}
