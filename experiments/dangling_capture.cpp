// Experiment: three handlers keep a reference to the loop's variable.
// Build: asan
// Run:
// Expect: exit 1
// Expect-output: stack-use-after-scope
// Run: -DCAPTURE_A_COPY
// Expect: exit 0
// Expect-output: handler of connection [123]
// Look at: thread T1 reads a variable "located in stack of thread T0", after its scope has ended.
#include <iostream>
#include <latch>
#include <sstream>
#include <thread>
#include <vector>

int main() {
  std::latch gate(1);  // holds every handler until the loop is over, in every run
  std::vector<std::jthread> handlers;
  for (int i = 1; i <= 3; ++i) {
    const int connection = i;
#ifdef CAPTURE_A_COPY
    handlers.emplace_back([connection, &gate] {
#else
    handlers.emplace_back([&] {
#endif
      gate.wait();
      std::ostringstream line;
      line << "handler of connection " << connection << '\n';
      std::cout << line.str();
    });
  }
  gate.count_down();
}
