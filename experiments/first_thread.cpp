// Experiment: a second thread, from its start to its end.
// Build: plain
// Expect: exit 0
// Expect-output: helper: I work on my own[\s\S]*main: the helper has ended, answer = 42$
// Look at: the first two lines. Start the program again and again: is their order always the same?
#include <iostream>
#include <thread>

int main() {
  int answer = 0;
  std::jthread helper([&answer] {  // starts at once
    std::cout << "helper: I work on my own\n";
    answer = 42;
  });
  std::cout << "main:   I go on\n";
  helper.join();  // waits until the helper has ended
  std::cout << "main: the helper has ended, answer = " << answer << '\n';
}
